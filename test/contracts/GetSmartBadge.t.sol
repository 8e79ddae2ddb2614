// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GetSmartBadge} from "../../contracts/GetSmartBadge.sol";
import {GetsToken} from "../../contracts/GetsToken.sol";
import {ERC721Soulbound} from "../../contracts/extensions/ERC721Soulbound.sol";
import {vm} from "./Cheatcodes.sol";

contract GetSmartBadgeTest {
    GetsToken private token;
    GetSmartBadge private badge;

    function setUp() public {
        token = new GetsToken(address(this));
        badge = new GetSmartBadge(address(this), token);
        token.grantRole(token.MINTER_ROLE(), address(badge));
        token.grantRole(token.RELEASER_ROLE(), address(badge));
    }

    /// A claim pays its reward and its badge to the same account.
    function testFuzzClaimPaysBoth(address to, uint256 tokenId, bytes32 awardId, uint96 amount) public {
        vm.assume(to != address(0) && to != address(token));
        badge.claim(to, tokenId, "", awardId, amount, GetSmartBadge.Funding.Mint);
        require(badge.ownerOf(tokenId) == to, "owner");
        require(badge.locked(tokenId), "locked");
        require(token.balanceOf(to) == amount, "reward");
    }

    /// A sponsored claim moves the locked reward and creates no token.
    function testSponsoredClaimCreatesNothing() public {
        bytes32 salt = keccak256("user_01");
        token.mint(token.walletOf(salt), 10);
        token.lock("award", salt, 4);
        badge.claim(address(1), 1, "", "award", 4, GetSmartBadge.Funding.Sponsor);
        require(token.balanceOf(address(1)) == 4, "reward");
        require(token.totalSupply() == 10, "supply");
    }

    /// Whoever tries, wherever to: a badge stays.
    function testFuzzBadgesStay(address caller, address to) public {
        vm.assume(to != address(0));
        badge.claim(address(1), 1, "", "award", 4, GetSmartBadge.Funding.Mint);
        vm.expectRevert(abi.encodeWithSelector(ERC721Soulbound.TokenLocked.selector, 1));
        vm.prank(caller);
        badge.transferFrom(address(1), to, 1);
    }

    function testRevoke() public {
        badge.claim(address(1), 1, "", "award", 4, GetSmartBadge.Funding.Mint);
        badge.revoke(1);
        require(badge.revoked(1), "revoked");
        vm.expectRevert(abi.encodeWithSelector(GetSmartBadge.BadgeAlreadyRevoked.selector, 1));
        badge.revoke(1);
    }
}
