// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {TextLines} from "./TextLines.sol";
import {XmlText} from "./XmlText.sol";

/// @title The picture of a badge: an SVG of 480 × 480 with a medal, the title, the GETS ID and the reward
library BadgePicture {
    /// @dev The width of a line of the title, in tenths of a unit.
    uint256 private constant LINE = 4000;

    string private constant OPENING =
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 480" role="img" font-family="Inter,Segoe UI,Roboto,Helvetica,Arial,sans-serif" text-anchor="middle">';
    string private constant COLOURS =
        '<defs><linearGradient id="a" x2="1" y2="1"><stop stop-color="#1a1f52"/><stop offset="1" stop-color="#4a54d0"/></linearGradient><linearGradient id="b" x2="0" y2="1"><stop stop-color="#ffe9a8"/><stop offset="1" stop-color="#d9a01e"/></linearGradient></defs>';
    string private constant GREYS =
        '<defs><linearGradient id="a" x2="1" y2="1"><stop stop-color="#2b2d33"/><stop offset="1" stop-color="#6d7078"/></linearGradient><linearGradient id="b" x2="0" y2="1"><stop stop-color="#f0f0f2"/><stop offset="1" stop-color="#a2a5ac"/></linearGradient></defs>';
    string private constant MEDAL =
        '<rect width="480" height="480" fill="url(#a)"/><rect x="16" y="16" width="448" height="448" rx="24" fill="none" stroke="#fff" stroke-opacity=".25" stroke-width="2"/><path d="M205 128l-30 84 26-6 17 20 24-68 24 68 17-20 26 6-30-84z" fill="#fff" fill-opacity=".3"/><circle cx="242" cy="110" r="62" fill="url(#b)"/><circle cx="242" cy="110" r="50" fill="none" stroke="#fff" stroke-opacity=".7" stroke-width="3"/><path d="M242 74l10.600 24.400 26.500 2.400-20 17.500 5.900 25.900-23-13.700-23 13.700 5.900-25.900-20-17.500 26.500-2.400z" fill="#fff"/>';
    string private constant GETS_ID =
        '<text x="48" y="434" font-size="22" fill="#fff" text-anchor="start" font-family="ui-monospace,Menlo,Consolas,monospace" letter-spacing="2">';
    string private constant REWARD = '<text x="432" y="434" fill="#ffe9a8" text-anchor="end" font-size="';
    string private constant STAMP =
        '<g transform="rotate(-12 240 140)"><rect x="76" y="98" width="328" height="84" rx="14" fill="#fff" fill-opacity=".94" stroke="#c8102e" stroke-width="7"/><text x="243" y="159" font-size="54" font-weight="800" letter-spacing="6" fill="#c8102e">REVOKED</text></g>';

    /// @dev Any `title`; `getsId` and `reward` have no markup to escape.
    function draw(
        string memory title,
        string memory getsId,
        string memory reward,
        bool revoked
    ) internal pure returns (string memory) {
        return
            string.concat(
                string.concat(OPENING, "<title>", XmlText.escape(title), "</title>", revoked ? GREYS : COLOURS, MEDAL),
                _title(title),
                '<path d="M48 396h384" stroke="#fff" stroke-opacity=".3"/>',
                string.concat(GETS_ID, getsId, "</text>"),
                // An amount with all its decimals is long.
                string.concat(REWARD, bytes(reward).length > 18 ? "12" : "20", '">', reward, "</text>"),
                revoked ? STAMP : "",
                "</svg>"
            );
    }

    /// @dev The title in the room below the medal, as large as its longest word and its length allow.
    function _title(string memory title) private pure returns (string memory text) {
        (uint256 total, uint256 longest) = TextLines.measure(title);
        uint256 size = 22;
        if (total < 380 && longest <= LINE / 28) size = 28;
        if (total < 240 && longest <= LINE / 36) size = 36;
        string[] memory lines = TextLines.wrap(title, LINE / size);

        uint256 step = (size * 6) / 5;
        uint256 top = 300 + (size * 4) / 5 - (lines.length * step) / 2;
        text = string.concat('<text font-weight="700" fill="#fff" font-size="', Strings.toString(size), '">');
        for (uint256 i = 0; i < lines.length; ++i) {
            string memory y = Strings.toString(top + i * step);
            text = string.concat(text, '<tspan x="240" y="', y, '">', XmlText.escape(lines[i]), "</tspan>");
        }
        return string.concat(text, "</text>");
    }
}
