// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {BadgePicture} from "./BadgePicture.sol";
import {GetsAmount} from "./GetsAmount.sol";

/**
 * @title What a badge says about itself
 * @dev The ERC-721 metadata of a badge as a `data:` URI, made from what the chain knows: it needs no server, and is
 * right for as long as the chain is.
 */
library BadgeMetadata {
    struct Facts {
        string title;
        bytes7 getsId;
        uint256 reward;
        bool revoked;
        /// Where the issuer's API is reached, up to its version; empty when it has no public address.
        string externalBase;
    }

    /// @dev `data:application/json` in base64 with name, description, image, attributes and, if any, external_url.
    function toURI(Facts memory facts) internal pure returns (string memory) {
        string memory getsId = string(abi.encodePacked(facts.getsId));
        string memory reward = string.concat(GetsAmount.format(facts.reward), " GETS");
        string memory picture = BadgePicture.draw(facts.title, getsId, reward, facts.revoked);
        string memory json = string.concat(
            '{"name":"',
            Strings.escapeJSON(facts.title),
            '","description":"',
            Strings.escapeJSON(_description(facts, getsId, reward)),
            '","image":"data:image/svg+xml;base64,',
            Base64.encode(bytes(picture)),
            '","attributes":[',
            _attributes(getsId, reward, facts.revoked),
            "]",
            _externalUrl(facts.externalBase, getsId),
            "}"
        );
        return string.concat("data:application/json;base64,", Base64.encode(bytes(json)));
    }

    function _description(
        Facts memory facts,
        string memory getsId,
        string memory reward
    ) private pure returns (string memory) {
        return
            string.concat(
                facts.title,
                " is a Get Smart badge that stays with the learner who earned it. GETS ID: ",
                getsId,
                ". Reward: ",
                reward,
                facts.revoked ? ". This badge was revoked by its issuer." : "."
            );
    }

    function _attributes(
        string memory getsId,
        string memory reward,
        bool revoked
    ) private pure returns (string memory) {
        return
            string.concat(
                '{"trait_type":"GETS ID","value":"',
                getsId,
                '"},{"trait_type":"Reward","value":"',
                reward,
                '"},{"trait_type":"Revoked","value":"',
                revoked ? "Yes" : "No",
                '"}'
            );
    }

    function _externalUrl(string memory base, string memory getsId) private pure returns (string memory) {
        if (bytes(base).length == 0) return "";
        return string.concat(',"external_url":"', Strings.escapeJSON(base), "/verify/", getsId, '"');
    }
}
