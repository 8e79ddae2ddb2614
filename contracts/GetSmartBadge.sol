// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {GetsToken} from "./GetsToken.sol";
import {BadgeTerms} from "./extensions/BadgeTerms.sol";
import {ERC20Escrow} from "./extensions/ERC20Escrow.sol";
import {ERC721Soulbound} from "./extensions/ERC721Soulbound.sol";
import {BadgeMetadata} from "./metadata/BadgeMetadata.sol";

/**
 * @title GetSmart Badge (GSB)
 * @notice A badge that stays with the learner who earned it. Claiming mints the badge and pays its reward in one
 * transaction: both or neither.
 * @dev Needs `MINTER_ROLE` and `RELEASER_ROLE` on {GetsToken}. Revoking flags a badge and leaves it with its owner, so
 * that a verifier can tell "revoked" from "never issued".
 *
 * An award is claimed once because its reward is paid once: {ERC20Escrow} keeps the one record of both.
 */
contract GetSmartBadge is ERC721Soulbound, BadgeTerms, IERC4906, AccessControl {
    /// @dev Where a reward comes from: newly minted, or released from what a sponsor locked for the award.
    enum Funding {
        Mint,
        Sponsor
    }

    bytes32 public constant ISSUER_ROLE = keccak256("ISSUER_ROLE");

    /// @dev ERC-4906 defines events only, so its identifier cannot be derived from the interface.
    bytes4 private constant ERC4906_INTERFACE_ID = 0x49064906;

    /// @dev Where the parts of a note are, see {_note}.
    uint96 private constant REVOKED = 1;
    uint8 private constant TERMS_OFFSET = 8;
    uint8 private constant GETS_ID_OFFSET = 40;

    /// @dev A to Z and 2 to 7 (the alphabet of RFC 4648, base 32): a bit for each code point.
    uint256 private constant GETS_ID_CHARACTERS = (0x3ffffff << 0x41) | (0x3f << 0x32);

    /// @notice The token that rewards are paid in.
    GetsToken public immutable token;

    /// @notice Where `external_url` of the metadata begins; empty when the badges have no public address.
    string public externalBase;

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

    /// @dev The token id is taken by another award.
    error BadgeAlreadyMinted(uint256 tokenId);

    /// @dev A badge is revoked once, for good.
    error BadgeAlreadyRevoked(uint256 tokenId);

    /// @dev A GETS ID is seven of the characters A to Z and 2 to 7.
    error InvalidGetsId(bytes7 getsId);

    /// @dev The sponsor locked `locked` for the award, while the claim promises `claimed`.
    error RewardMismatch(bytes32 awardId, uint256 locked, uint256 claimed);

    constructor(address admin, GetsToken token_, string memory externalBase_) ERC721("GetSmart Badge", "GSB") {
        token = token_;
        externalBase = externalBase_;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(ISSUER_ROLE, admin);
    }

    /**
     * @notice Mints the locked badge `tokenId` to `to` and pays `amount` as the reward of `awardId`.
     * @dev Calls no hook of `to`: a badge cannot get stuck, since it never moves anyway. `title` is stored with the
     * first badge of its title and reward.
     *
     * Requirements:
     *
     * - the caller has `ISSUER_ROLE`.
     * - neither `awardId` nor `tokenId` was used before.
     * - `getsId` is a GETS ID.
     * - with `Funding.Mint`, nothing was ever locked for `awardId`, and the cap leaves room for `amount`.
     * - with `Funding.Sponsor`, exactly `amount` is locked for `awardId`.
     * - GETS is not paused.
     *
     * Emits {Locked} and {Claimed}.
     */
    function claim(
        address to,
        uint256 tokenId,
        bytes7 getsId,
        string calldata title,
        bytes32 awardId,
        uint256 amount,
        Funding funding
    ) external onlyRole(ISSUER_ROLE) {
        if (_ownerOf(tokenId) != address(0)) revert BadgeAlreadyMinted(tokenId);
        if (!_isGetsId(getsId)) revert InvalidGetsId(getsId);

        _mint(to, tokenId);
        _setNote(tokenId, _note(_numberOf(title, amount), getsId));

        if (funding == Funding.Mint) {
            token.mintReward(awardId, to, amount);
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
     * Emits {Revoked} and {MetadataUpdate}, since {tokenURI} now says so.
     */
    function revoke(uint256 tokenId) external onlyRole(ISSUER_ROLE) {
        if (revoked(tokenId)) revert BadgeAlreadyRevoked(tokenId);
        _setNote(tokenId, _noteOf(tokenId) | REVOKED);
        emit Revoked(tokenId);
        emit MetadataUpdate(tokenId);
    }

    /// @notice Whether the issuer withdrew the badge `tokenId`. Requires that it exists.
    function revoked(uint256 tokenId) public view returns (bool) {
        return _noteOf(tokenId) & REVOKED != 0;
    }

    /// @notice Whether `awardId` was claimed, under any token id.
    function claimed(bytes32 awardId) external view returns (bool) {
        ERC20Escrow.LockState state = token.lockOf(awardId).state;
        return state == ERC20Escrow.LockState.Released || state == ERC20Escrow.LockState.Minted;
    }

    /**
     * @notice The metadata of the badge `tokenId` as a `data:` URI, see {BadgeMetadata}. Requires that it exists.
     * @dev Of what it is made, only the revocation ever changes.
     */
    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        uint96 note = _noteOf(tokenId);
        Terms memory terms = _termsOf(uint32(note >> TERMS_OFFSET));
        return
            BadgeMetadata.toURI(
                BadgeMetadata.Facts({
                    title: terms.title,
                    getsId: bytes7(uint56(note >> GETS_ID_OFFSET)),
                    reward: terms.reward,
                    revoked: note & REVOKED != 0,
                    externalBase: externalBase
                })
            );
    }

    /// @inheritdoc IERC165
    function supportsInterface(
        bytes4 interfaceId
    ) public view override(ERC721Soulbound, IERC165, AccessControl) returns (bool) {
        return interfaceId == ERC4906_INTERFACE_ID || super.supportsInterface(interfaceId);
    }

    /// @dev The note of a token: its GETS ID (56 bits), the number of its terms (32) and whether it is revoked (8).
    function _note(uint32 terms, bytes7 getsId) private pure returns (uint96) {
        return (uint96(uint56(getsId)) << GETS_ID_OFFSET) | (uint96(terms) << TERMS_OFFSET);
    }

    function _isGetsId(bytes7 getsId) private pure returns (bool) {
        for (uint256 i = 0; i < 7; ++i) {
            if ((GETS_ID_CHARACTERS >> uint8(getsId[i])) & 1 == 0) return false;
        }
        return true;
    }
}
