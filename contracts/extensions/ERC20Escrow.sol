// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/**
 * @title Rewards held back until their award is decided
 * @dev The contract holds locked rewards on its own address and keeps one lock per award. A lock is used once: released
 * to the recipient or refunded to the account it came from, and final after that.
 *
 *     None ──lock──▶ Locked ──release──▶ Released
 *                          └──refund───▶ Refunded
 *
 * The contract's balance equals the sum of its open locks: nothing else may be sent to its address, and the address
 * has no key, gives no allowance and is no managed wallet.
 *
 * IMPORTANT: list this extension after those that restrict movements (cap, pause), since {_lock} continues with the
 * next {_update} in line.
 */
abstract contract ERC20Escrow is ERC20 {
    enum LockState {
        None,
        Locked,
        Released,
        Refunded
    }

    struct Lock {
        address account;
        LockState state;
        uint256 amount;
    }

    mapping(bytes32 awardId => Lock) private _locks;

    /// @notice `amount` left `account` and is held for `awardId`.
    event RewardLocked(bytes32 indexed awardId, address indexed account, uint256 amount);

    /// @notice The reward of `awardId` went to its recipient `account`.
    event RewardReleased(bytes32 indexed awardId, address indexed account, uint256 amount);

    /// @notice The reward of `awardId` went back to `account`, which had funded it.
    event RewardRefunded(bytes32 indexed awardId, address indexed account, uint256 amount);

    /// @dev An award is locked once; `state` says what became of its lock.
    error RewardAlreadyLocked(bytes32 awardId, LockState state);

    /// @dev There is nothing to release or refund; `state` is None, Released or Refunded.
    error RewardNotLocked(bytes32 awardId, LockState state);

    /// @dev A lock holds at least one base unit.
    error RewardZeroAmount(bytes32 awardId);

    /// @notice The lock of `awardId`: who funded it, its state and its amount (kept after release and refund).
    function lockOf(bytes32 awardId) public view returns (Lock memory) {
        return _locks[awardId];
    }

    /// @dev Moves `amount` from `account` into escrow. Emits {RewardLocked}.
    function _lock(bytes32 awardId, address account, uint256 amount) internal {
        Lock storage entry = _locks[awardId];
        if (entry.state != LockState.None) revert RewardAlreadyLocked(awardId, entry.state);
        if (amount == 0) revert RewardZeroAmount(awardId);

        (entry.account, entry.state, entry.amount) = (account, LockState.Locked, amount);
        super._update(account, address(this), amount);
        emit RewardLocked(awardId, account, amount);
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

    /// @dev Keeps stray tokens out of the escrow: {_lock} alone goes past this check.
    function _update(address from, address to, uint256 value) internal virtual override {
        if (to == address(this)) revert ERC20InvalidReceiver(to);
        super._update(from, to, value);
    }

    function _close(bytes32 awardId, LockState outcome) private returns (Lock storage entry) {
        entry = _locks[awardId];
        if (entry.state != LockState.Locked) revert RewardNotLocked(awardId, entry.state);
        entry.state = outcome;
    }
}
