// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {ERC20Pausable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Pausable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ERC20Escrow} from "../../contracts/extensions/ERC20Escrow.sol";
import {vm} from "./Cheatcodes.sol";

/// @dev A token with a cap and a pause, without roles. Its bases fix the order in which {_update} passes through them.
abstract contract Harness is ERC20Escrow {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function lock(bytes32 awardId, address account, uint256 amount) external {
        _lock(awardId, account, amount);
    }

    function mintReward(bytes32 awardId, address to, uint256 amount) external {
        _mintReward(awardId, to, amount);
    }

    function release(bytes32 awardId, address to) external {
        _release(awardId, to);
    }

    function refund(bytes32 awardId) external {
        _refund(awardId);
    }

    function pause() external virtual;

    function unpause() external virtual;
}

contract EscrowPausableCapped is Harness, ERC20Pausable, ERC20Capped {
    constructor() ERC20("EscrowPausableCapped", "T") ERC20Capped(100) {}

    function pause() external override {
        _pause();
    }

    function unpause() external override {
        _unpause();
    }

    function _update(address from, address to, uint256 value) internal override(ERC20Escrow, ERC20Pausable, ERC20Capped) {
        super._update(from, to, value);
    }
}

contract EscrowCappedPausable is Harness, ERC20Capped, ERC20Pausable {
    constructor() ERC20("EscrowCappedPausable", "T") ERC20Capped(100) {}

    function pause() external override {
        _pause();
    }

    function unpause() external override {
        _unpause();
    }

    function _update(address from, address to, uint256 value) internal override(ERC20Escrow, ERC20Pausable, ERC20Capped) {
        super._update(from, to, value);
    }
}

contract PausableEscrowCapped is ERC20Pausable, Harness, ERC20Capped {
    constructor() ERC20("PausableEscrowCapped", "T") ERC20Capped(100) {}

    function pause() external override {
        _pause();
    }

    function unpause() external override {
        _unpause();
    }

    function _update(address from, address to, uint256 value) internal override(ERC20Escrow, ERC20Pausable, ERC20Capped) {
        super._update(from, to, value);
    }
}

contract PausableCappedEscrow is ERC20Pausable, ERC20Capped, Harness {
    constructor() ERC20("PausableCappedEscrow", "T") ERC20Capped(100) {}

    function pause() external override {
        _pause();
    }

    function unpause() external override {
        _unpause();
    }

    function _update(address from, address to, uint256 value) internal override(ERC20Escrow, ERC20Pausable, ERC20Capped) {
        super._update(from, to, value);
    }
}

contract CappedEscrowPausable is ERC20Capped, Harness, ERC20Pausable {
    constructor() ERC20("CappedEscrowPausable", "T") ERC20Capped(100) {}

    function pause() external override {
        _pause();
    }

    function unpause() external override {
        _unpause();
    }

    function _update(address from, address to, uint256 value) internal override(ERC20Escrow, ERC20Pausable, ERC20Capped) {
        super._update(from, to, value);
    }
}

contract CappedPausableEscrow is ERC20Capped, ERC20Pausable, Harness {
    constructor() ERC20("CappedPausableEscrow", "T") ERC20Capped(100) {}

    function pause() external override {
        _pause();
    }

    function unpause() external override {
        _unpause();
    }

    function _update(address from, address to, uint256 value) internal override(ERC20Escrow, ERC20Pausable, ERC20Capped) {
        super._update(from, to, value);
    }
}

/// The escrow keeps its promises at every place in the order of inheritance.
contract ERC20EscrowTest {
    address private constant SPONSOR = address(1);
    address private constant LEARNER = address(2);

    Harness[] private tokens;

    function setUp() public {
        tokens.push(new EscrowPausableCapped());
        tokens.push(new EscrowCappedPausable());
        tokens.push(new PausableEscrowCapped());
        tokens.push(new PausableCappedEscrow());
        tokens.push(new CappedEscrowPausable());
        tokens.push(new CappedPausableEscrow());
        for (uint256 i = 0; i < tokens.length; ++i) tokens[i].mint(SPONSOR, 60);
    }

    function testAPauseStopsEveryMovement() public {
        for (uint256 i = 0; i < tokens.length; ++i) {
            Harness token = tokens[i];
            token.lock("locked", SPONSOR, 10);
            token.pause();
            _expectPaused();
            token.lock("other", SPONSOR, 10);
            _expectPaused();
            token.mintReward("other", LEARNER, 10);
            _expectPaused();
            token.release("locked", LEARNER);
            _expectPaused();
            token.refund("locked");
            token.unpause();
            token.release("locked", LEARNER);
            require(token.balanceOf(LEARNER) == 10, token.name());
        }
    }

    function testTheCapHoldsForMintedRewards() public {
        for (uint256 i = 0; i < tokens.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ERC20Capped.ERC20ExceededCap.selector, 101, 100));
            tokens[i].mintReward("award", LEARNER, 41);
            tokens[i].mintReward("award", LEARNER, 40);
        }
    }

    /// Before, between and after locks, nothing but a lock reaches the escrow.
    function testFuzzStrayTokensAreRefused(bool lockedBefore, uint8 amount) public {
        for (uint256 i = 0; i < tokens.length; ++i) {
            Harness token = tokens[i];
            if (lockedBefore) token.lock("award", SPONSOR, 10);
            bytes memory refusal = abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(token));
            vm.expectRevert(refusal);
            token.mint(address(token), amount);
            vm.expectRevert(refusal);
            vm.prank(SPONSOR);
            token.transfer(address(token), amount);
            if (!lockedBefore) continue;
            vm.expectRevert(refusal);
            token.release("award", address(token));
            require(token.balanceOf(address(token)) == 10, token.name());
        }
    }

    /// A lock that fails leaves the door closed behind it.
    function testAFailedLockOpensNothing() public {
        for (uint256 i = 0; i < tokens.length; ++i) {
            Harness token = tokens[i];
            vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, SPONSOR, 60, 61));
            token.lock("award", SPONSOR, 61);
            vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(token)));
            token.mint(address(token), 1);
        }
    }

    function _expectPaused() private {
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
    }
}
