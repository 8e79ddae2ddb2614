// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GetSmartBadge} from "../../contracts/GetSmartBadge.sol";
import {GetsToken} from "../../contracts/GetsToken.sol";
import {ERC20Escrow} from "../../contracts/extensions/ERC20Escrow.sol";
import {ERC721Soulbound} from "../../contracts/extensions/ERC721Soulbound.sol";
import {vm} from "./Cheatcodes.sol";

contract GetSmartBadgeTest {
    bytes7 private constant GETS_ID = "K7QWZ3M";

    GetsToken private token;
    GetSmartBadge private badge;

    function setUp() public {
        token = new GetsToken(address(this));
        badge = new GetSmartBadge(address(this), token, "https://badges.example/v1");
        token.grantRole(token.MINTER_ROLE(), address(badge));
        token.grantRole(token.RELEASER_ROLE(), address(badge));
    }

    /// A claim pays its reward and its badge to the same account.
    function testFuzzClaimPaysBoth(address to, uint256 tokenId, string calldata title, bytes32 awardId, uint96 amount) public {
        vm.assume(to != address(0) && to != address(token));
        badge.claim(to, tokenId, GETS_ID, title, awardId, amount, GetSmartBadge.Funding.Mint);
        require(badge.ownerOf(tokenId) == to && badge.balanceOf(to) == 1, "owner");
        require(badge.locked(tokenId) && !badge.revoked(tokenId), "status");
        require(badge.claimed(awardId), "claimed");
        require(token.balanceOf(to) == amount, "reward");
    }

    /// Any bytes for a title: the metadata can be read, and is that of every other token with this title and reward.
    function testFuzzAnyTitleHasMetadata(bytes calldata title, uint96 amount) public {
        badge.claim(address(1), 1, GETS_ID, string(title), "award 1", amount, GetSmartBadge.Funding.Mint);
        badge.claim(address(2), 2, GETS_ID, string(title), "award 2", amount, GetSmartBadge.Funding.Mint);
        string memory before = badge.tokenURI(1);
        require(keccak256(bytes(before)) == keccak256(bytes(badge.tokenURI(2))), "same terms");
        badge.revoke(1);
        require(keccak256(bytes(before)) != keccak256(bytes(badge.tokenURI(1))), "revoked");
        require(keccak256(bytes(before)) == keccak256(bytes(badge.tokenURI(2))), "the other token");
    }

    /// What is no GETS ID is refused, so that no metadata can carry it.
    function testFuzzGetsIdsAreChecked(bytes7 getsId) public {
        bool valid = true;
        for (uint256 i = 0; i < 7; ++i) {
            valid = valid && ((getsId[i] >= "A" && getsId[i] <= "Z") || (getsId[i] >= "2" && getsId[i] <= "7"));
        }
        if (!valid) vm.expectRevert(abi.encodeWithSelector(GetSmartBadge.InvalidGetsId.selector, getsId));
        badge.claim(address(1), 1, getsId, "", "award", 4, GetSmartBadge.Funding.Mint);
    }

    /// A sponsored claim moves the locked reward and creates no token.
    function testSponsoredClaimCreatesNothing() public {
        bytes32 salt = _locked("award", 4);
        badge.claim(address(1), 1, GETS_ID, "", "award", 4, GetSmartBadge.Funding.Sponsor);
        require(token.balanceOf(address(1)) == 4, "reward");
        require(token.balanceOf(token.walletOf(salt)) == 0 && token.totalSupply() == 4, "supply");
    }

    /// Whatever became of a sponsor's lock, its reward is not minted as well.
    function testFuzzNoMintBesideALock(bytes32 awardId, uint96 amount, uint256 outcome) public {
        vm.assume(amount != 0);
        _locked(awardId, amount);
        ERC20Escrow.LockState state = ERC20Escrow.LockState.Locked;
        if (outcome % 3 == 1) {
            token.refund(awardId);
            state = ERC20Escrow.LockState.Refunded;
        } else if (outcome % 3 == 2) {
            badge.claim(address(1), 1, GETS_ID, "", awardId, amount, GetSmartBadge.Funding.Sponsor);
            state = ERC20Escrow.LockState.Released;
        }
        vm.expectRevert(abi.encodeWithSelector(ERC20Escrow.RewardAlreadyFunded.selector, awardId, state));
        badge.claim(address(2), 2, GETS_ID, "", awardId, amount, GetSmartBadge.Funding.Mint);
        require(token.totalSupply() == amount, "supply");
    }

    /// Whoever tries, wherever to: a badge stays.
    function testFuzzBadgesStay(address caller, address to) public {
        vm.assume(to != address(0));
        badge.claim(address(1), 1, GETS_ID, "", "award", 4, GetSmartBadge.Funding.Mint);
        vm.expectRevert(abi.encodeWithSelector(ERC721Soulbound.TokenLocked.selector, 1));
        vm.prank(caller);
        badge.transferFrom(address(1), to, 1);
    }

    function testRevoke() public {
        badge.claim(address(1), 1, GETS_ID, "", "award", 4, GetSmartBadge.Funding.Mint);
        badge.revoke(1);
        require(badge.revoked(1) && badge.ownerOf(1) == address(1), "revoked");
        vm.expectRevert(abi.encodeWithSelector(GetSmartBadge.BadgeAlreadyRevoked.selector, 1));
        badge.revoke(1);
    }

    function _locked(bytes32 awardId, uint256 amount) private returns (bytes32 salt) {
        salt = keccak256("sponsor");
        token.mint(token.walletOf(salt), amount);
        token.lock(awardId, salt, amount);
    }
}
