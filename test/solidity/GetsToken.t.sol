// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {GetsToken} from "../../contracts/GetsToken.sol";
import {ERC20Escrow} from "../../contracts/extensions/ERC20Escrow.sol";
import {vm} from "./Cheatcodes.sol";

contract GetsTokenTest {
    GetsToken private token;

    function setUp() public {
        token = new GetsToken(address(this));
        token.grantRole(token.RELEASER_ROLE(), address(this));
    }

    /// Nobody but the operator moves a managed wallet.
    function testFuzzOnlyTheOperatorMovesWallets(address caller, bytes32 salt, uint96 amount) public {
        vm.assume(caller != address(this));
        token.mint(token.walletOf(salt), amount);
        bytes32 role = token.OPERATOR_ROLE();
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role));
        vm.prank(caller);
        token.operatorTransfer(salt, caller, amount);
    }

    /// Two users never share a wallet, and no wallet is the token itself.
    function testFuzzWalletsAreDistinct(bytes32 one, bytes32 other) public view {
        vm.assume(one != other);
        require(token.walletOf(one) != token.walletOf(other), "shared wallet");
        require(token.walletOf(one) != address(token), "wallet is the escrow");
    }

    /// A lock moves its amount into escrow and ends exactly once.
    function testFuzzLockEndsOnce(bytes32 awardId, bytes32 salt, uint96 amount, bool released) public {
        vm.assume(amount != 0);
        address wallet = token.walletOf(salt);
        token.mint(wallet, amount);
        token.lock(awardId, salt, amount);
        require(token.balanceOf(address(token)) == amount, "not in escrow");

        if (released) require(token.release(awardId, address(this)) == amount, "amount");
        else token.refund(awardId);
        require(token.balanceOf(released ? address(this) : wallet) == amount, "not paid");

        ERC20Escrow.LockState state = released ? ERC20Escrow.LockState.Released : ERC20Escrow.LockState.Refunded;
        vm.expectRevert(abi.encodeWithSelector(ERC20Escrow.RewardNotLocked.selector, awardId, state));
        token.refund(awardId);
    }
}
