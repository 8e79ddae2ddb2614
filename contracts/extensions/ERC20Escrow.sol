// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/**
 * @title Rewards of awards, each paid at most once
 * @dev A reward is either locked by a sponsor until its award is decided, or minted when the award is claimed. The
 * contract holds locked rewards on its own address and keeps one entry per award, so that whatever pays a reward meets
 * what happened to it before. All states but None and Locked are final.
 *
 *     None ──lock──▶ Locked ──release──▶ Released
 *       │                   └──refund───▶ Refunded
 *       └──mintReward──▶ Minted
 *
 * The contract's balance equals the sum of its open locks: nothing else may be sent to its address, and the address
 * has no key, gives no allowance and is no managed wallet.
 *
 * The place of this extension in the order of inheritance does not matter: all its movements go through the whole
 * {_update}, so a cap or a pause applies to each of them.
 */
abstract contract ERC20Escrow is ERC20 {
    enum LockState {
        None,
        Locked,
        Released,
        Refunded,
        Minted
    }

    struct Lock {
        address account;
        LockState state;
        uint256 amount;
    }

    mapping(bytes32 awardId => Lock) private _locks;

    /// @dev Whether {_lock} is moving tokens into the escrow at this moment.
    bool private transient _locking;

    /// @notice `amount` left `account` and is held for `awardId`.
    event RewardLocked(bytes32 indexed awardId, address indexed account, uint256 amount);

    /// @notice The reward of `awardId` went to its recipient `account`.
    event RewardReleased(bytes32 indexed awardId, address indexed account, uint256 amount);

    /// @notice The reward of `awardId` went back to `account`, which had funded it.
    event RewardRefunded(bytes32 indexed awardId, address indexed account, uint256 amount);

    /// @dev A reward is funded once, by a lock or by a mint; `state` says what became of it.
    error RewardAlreadyFunded(bytes32 awardId, LockState state);

    /// @dev There is nothing to release or refund; `state` is None, Released, Refunded or Minted.
    error RewardNotLocked(bytes32 awardId, LockState state);

    /// @dev A lock holds at least one base unit.
    error RewardZeroAmount(bytes32 awardId);

    /**
     * @notice The entry of `awardId`: its state, and of a lock the account that funded it and its amount (kept after
     * release and refund).
     */
    function lockOf(bytes32 awardId) public view returns (Lock memory) {
        return _locks[awardId];
    }

    /// @dev Moves `amount` from `account` into escrow. Emits {RewardLocked}.
    function _lock(bytes32 awardId, address account, uint256 amount) internal {
        Lock storage entry = _fund(awardId, LockState.Locked);
        if (amount == 0) revert RewardZeroAmount(awardId);
        (entry.account, entry.amount) = (account, amount);

        _locking = true;
        _update(account, address(this), amount);
        _locking = false;
        emit RewardLocked(awardId, account, amount);
    }

    /// @dev Pays the reward of `awardId`, for which nothing was ever locked, with new tokens.
    function _mintReward(bytes32 awardId, address to, uint256 amount) internal {
        _fund(awardId, LockState.Minted);
        _mint(to, amount);
    }

    /// @dev Pays the lock of `awardId` out to `to`. Emits {RewardReleased}.
    function _release(bytes32 awardId, address to) internal returns (uint256 amount) {
        amount = _close(awardId, LockState.Released).amount;
        _transfer(address(this), to, amount);
        emit RewardReleased(awardId, to, amount);
    }

    /// @dev Returns the lock of `awardId` to the account that funded it. Emits {RewardRefunded}.
    function _refund(bytes32 awardId) internal {
        Lock storage entry = _close(awardId, LockState.Refunded);
        _transfer(address(this), entry.account, entry.amount);
        emit RewardRefunded(awardId, entry.account, entry.amount);
    }

    /// @dev Keeps stray tokens out of the escrow: only {_lock} fills it.
    function _update(address from, address to, uint256 value) internal virtual override {
        if (to == address(this) && !_locking) revert ERC20InvalidReceiver(to);
        super._update(from, to, value);
    }

    function _fund(bytes32 awardId, LockState source) private returns (Lock storage entry) {
        entry = _locks[awardId];
        if (entry.state != LockState.None) revert RewardAlreadyFunded(awardId, entry.state);
        entry.state = source;
    }

    function _close(bytes32 awardId, LockState outcome) private returns (Lock storage entry) {
        entry = _locks[awardId];
        if (entry.state != LockState.Locked) revert RewardNotLocked(awardId, entry.state);
        entry.state = outcome;
    }
}
