// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {ERC20Pausable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Pausable.sol";
import {ERC20Escrow} from "./extensions/ERC20Escrow.sol";
import {ERC20ManagedWallets} from "./extensions/ERC20ManagedWallets.sol";

/**
 * @title GetSmart Token (GETS)
 * @notice The reward token of Get Smart: capped, pausable and burnable, with keyless wallets for learners and an escrow
 * for rewards that sponsors pay.
 * @dev Roles: `MINTER_ROLE` creates tokens, `OPERATOR_ROLE` moves managed wallets (see {ERC20ManagedWallets}) and no
 * other account, `RELEASER_ROLE` pays escrowed rewards out, `PAUSER_ROLE` stops every movement. The badge contract
 * holds `MINTER_ROLE` and `RELEASER_ROLE`. Errors follow ERC-6093 where it has one.
 */
contract GetsToken is ERC20Capped, ERC20Pausable, ERC20Burnable, ERC20ManagedWallets, ERC20Escrow, AccessControl {
    bytes32 public constant MINTER_ROLE = keccak256("MINTER_ROLE");
    bytes32 public constant OPERATOR_ROLE = keccak256("OPERATOR_ROLE");
    bytes32 public constant RELEASER_ROLE = keccak256("RELEASER_ROLE");
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");

    /// @dev Grants `admin` every role but `RELEASER_ROLE`, which belongs to the badge contract.
    constructor(address admin) ERC20("GetSmart Token", "GETS") ERC20Capped(1e12 ether) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(MINTER_ROLE, admin);
        _grantRole(OPERATOR_ROLE, admin);
        _grantRole(PAUSER_ROLE, admin);
    }

    /**
     * @notice Creates `amount` tokens for `to`.
     * @dev Requirements:
     *
     * - the caller has `MINTER_ROLE`.
     * - the new supply is within the cap.
     */
    function mint(address to, uint256 amount) external onlyRole(MINTER_ROLE) {
        _mint(to, amount);
    }

    /**
     * @notice Moves `amount` from the managed wallet of `salt` to `to`.
     * @dev Requirements:
     *
     * - the caller has `OPERATOR_ROLE`.
     * - the wallet holds `amount`.
     */
    function operatorTransfer(bytes32 salt, address to, uint256 amount) external onlyRole(OPERATOR_ROLE) {
        _transfer(walletOf(salt), to, amount);
    }

    /**
     * @notice Destroys `amount` held by the managed wallet of `salt`.
     * @dev Requirements: as for {operatorTransfer}.
     */
    function operatorBurn(bytes32 salt, uint256 amount) external onlyRole(OPERATOR_ROLE) {
        _burn(walletOf(salt), amount);
    }

    /**
     * @notice Holds back `amount` from the managed wallet of `salt` as the reward of `awardId`.
     * @dev Requirements:
     *
     * - the caller has `OPERATOR_ROLE`.
     * - the reward of `awardId` was neither locked nor minted before.
     * - `amount` is not zero, and the wallet holds it.
     *
     * Emits {RewardLocked}.
     */
    function lock(bytes32 awardId, bytes32 salt, uint256 amount) external onlyRole(OPERATOR_ROLE) {
        _lock(awardId, walletOf(salt), amount);
    }

    /**
     * @notice Creates `amount` tokens for `to` as the reward of `awardId`, which no sponsor funds.
     * @dev Requirements:
     *
     * - the caller has `MINTER_ROLE`.
     * - the reward of `awardId` was neither locked nor minted before.
     * - the new supply is within the cap.
     */
    function mintReward(bytes32 awardId, address to, uint256 amount) external onlyRole(MINTER_ROLE) {
        _mintReward(awardId, to, amount);
    }

    /**
     * @notice Pays the locked reward of `awardId` to `to` and returns how much it was.
     * @dev Requirements:
     *
     * - the caller has `RELEASER_ROLE`.
     * - the reward is locked.
     *
     * Emits {RewardReleased}.
     */
    function release(bytes32 awardId, address to) external onlyRole(RELEASER_ROLE) returns (uint256 amount) {
        return _release(awardId, to);
    }

    /**
     * @notice Gives the locked reward of `awardId` back to the wallet it came from.
     * @dev Requirements:
     *
     * - the caller has `OPERATOR_ROLE`.
     * - the reward is locked.
     *
     * Emits {RewardRefunded}.
     */
    function refund(bytes32 awardId) external onlyRole(OPERATOR_ROLE) {
        _refund(awardId);
    }

    /// @notice Stops mints, transfers, burns and the escrow. Requires `PAUSER_ROLE`.
    function pause() external onlyRole(PAUSER_ROLE) {
        _pause();
    }

    /// @notice Ends a pause. Requires `PAUSER_ROLE`.
    function unpause() external onlyRole(PAUSER_ROLE) {
        _unpause();
    }

    function _update(
        address from,
        address to,
        uint256 value
    ) internal override(ERC20, ERC20Capped, ERC20Pausable, ERC20Escrow) {
        super._update(from, to, value);
    }
}
