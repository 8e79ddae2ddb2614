// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/**
 * @title Wallets without a key
 * @dev A managed wallet is the address that this contract would give to an empty contract created with CREATE2:
 *
 *     last 20 bytes of keccak256(0xff ++ address(this) ++ salt ++ WALLET_INIT_CODE_HASH)
 *
 * The address is the hash of a preimage, not of a public key, so nobody can sign for it; and this contract creates no
 * contracts, so nothing is ever deployed there. Opening a wallet therefore writes nothing on chain, and only the
 * functions that take a salt move what it holds.
 */
abstract contract ERC20ManagedWallets is ERC20 {
    /// @notice The init code hash in the CREATE2 formula: keccak256 of no code at all.
    bytes32 public constant WALLET_INIT_CODE_HASH = keccak256("");

    /**
     * @notice The managed wallet of `salt`.
     * @param salt keccak256 of the user id in UTF-8.
     */
    function walletOf(bytes32 salt) public view returns (address) {
        return Create2.computeAddress(salt, WALLET_INIT_CODE_HASH);
    }
}
