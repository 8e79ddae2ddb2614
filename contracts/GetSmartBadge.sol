// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {GetsToken} from "./GetsToken.sol";
import {ERC721Soulbound} from "./extensions/ERC721Soulbound.sol";

/**
 * @title GetSmart Badge (GSB)
 * @notice A badge that stays with the learner who earned it. Claiming mints the badge and pays its reward in one
 * transaction: both or neither.
 * @dev Needs `MINTER_ROLE` and `RELEASER_ROLE` on {GetsToken}. Revoking flags a badge and leaves it with its owner, so
 * that a verifier can tell "revoked" from "never issued".
 */
contract GetSmartBadge is ERC721Soulbound, IERC4906, AccessControl {
    /// @dev Where a reward comes from: newly minted, or released from what a sponsor locked for the award.
    enum Funding {
        Mint,
        Sponsor
    }

    bytes32 public constant ISSUER_ROLE = keccak256("ISSUER_ROLE");

    /// @dev ERC-4906 defines events only, so its identifier cannot be derived from the interface.
    bytes4 private constant ERC4906_INTERFACE_ID = 0x49064906;

    /// @notice The token that rewards are paid in.
    GetsToken public immutable token;

    mapping(uint256 tokenId => string) private _uris;
    mapping(uint256 tokenId => bool) private _revoked;
    mapping(bytes32 awardId => bool) private _claimed;

    /// @notice `to` received the badge `tokenId` and the reward `amount` of `awardId`.
    event Claimed(
        bytes32 indexed awardId,
        uint256 indexed tokenId,
        address indexed to,
        uint256 amount,
        Funding funding
    );

    /// @notice The issuer withdrew the badge `tokenId`.
    event Revoked(uint256 indexed tokenId);

    /// @dev An award is claimed once, whatever the token id.
    error AwardAlreadyClaimed(bytes32 awardId);

    /// @dev The token id is taken by another award.
    error BadgeAlreadyMinted(uint256 tokenId);

    /// @dev A badge is revoked once, for good.
    error BadgeAlreadyRevoked(uint256 tokenId);

    /// @dev The sponsor locked `locked` for the award, while the claim promises `claimed`.
    error RewardMismatch(bytes32 awardId, uint256 locked, uint256 claimed);

    constructor(address admin, GetsToken token_) ERC721("GetSmart Badge", "GSB") {
        token = token_;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(ISSUER_ROLE, admin);
    }

    /**
     * @notice Mints the locked badge `tokenId` to `to` and pays `amount` as the reward of `awardId`.
     * @dev Calls no hook of `to`: a badge cannot get stuck, since it never moves anyway.
     *
     * Requirements:
     *
     * - the caller has `ISSUER_ROLE`.
     * - neither `awardId` nor `tokenId` was used before.
     * - with `Funding.Mint`, the cap leaves room for `amount`.
     * - with `Funding.Sponsor`, exactly `amount` is locked for `awardId`.
     * - GETS is not paused.
     *
     * Emits {Locked} and {Claimed}.
     */
    function claim(
        address to,
        uint256 tokenId,
        string calldata uri,
        bytes32 awardId,
        uint256 amount,
        Funding funding
    ) external onlyRole(ISSUER_ROLE) {
        if (_claimed[awardId]) revert AwardAlreadyClaimed(awardId);
        if (_ownerOf(tokenId) != address(0)) revert BadgeAlreadyMinted(tokenId);

        _claimed[awardId] = true;
        _uris[tokenId] = uri;
        _mint(to, tokenId);

        if (funding == Funding.Mint) {
            token.mint(to, amount);
        } else {
            uint256 released = token.release(awardId, to);
            if (released != amount) revert RewardMismatch(awardId, released, amount);
        }
        emit Claimed(awardId, tokenId, to, amount, funding);
    }

    /**
     * @notice Flags the badge `tokenId` as revoked; the token stays with its owner.
     * @dev Requirements:
     *
     * - the caller has `ISSUER_ROLE`.
     * - `tokenId` exists and is not revoked.
     *
     * Emits {Revoked} and {MetadataUpdate}, since a status is part of what the metadata shows.
     */
    function revoke(uint256 tokenId) external onlyRole(ISSUER_ROLE) {
        if (revoked(tokenId)) revert BadgeAlreadyRevoked(tokenId);
        _revoked[tokenId] = true;
        emit Revoked(tokenId);
        emit MetadataUpdate(tokenId);
    }

    /// @notice Whether the issuer withdrew the badge `tokenId`. Requires that it exists.
    function revoked(uint256 tokenId) public view returns (bool) {
        _requireOwned(tokenId);
        return _revoked[tokenId];
    }

    /// @notice Whether `awardId` was claimed, under any token id.
    function claimed(bytes32 awardId) external view returns (bool) {
        return _claimed[awardId];
    }

    /// @inheritdoc ERC721
    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        _requireOwned(tokenId);
        return _uris[tokenId];
    }

    /// @inheritdoc IERC165
    function supportsInterface(
        bytes4 interfaceId
    ) public view override(ERC721Soulbound, IERC165, AccessControl) returns (bool) {
        return interfaceId == ERC4906_INTERFACE_ID || super.supportsInterface(interfaceId);
    }
}
