// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title Amounts of GETS as people read them
library GetsAmount {
    uint256 private constant DECIMALS = 18;

    /// @dev `units` as a decimal number of GETS without trailing zeros: 12500000000000000000 is "12.5".
    function format(uint256 units) internal pure returns (string memory) {
        string memory whole = Strings.toString(units / 10 ** DECIMALS);
        uint256 rest = units % 10 ** DECIMALS;
        if (rest == 0) return whole;

        uint256 length = DECIMALS;
        for (; rest % 10 == 0; rest /= 10) --length;
        bytes memory digits = new bytes(length);
        for (uint256 i = length; i > 0; rest /= 10) digits[--i] = bytes1(uint8(0x30 + (rest % 10)));
        return string.concat(whole, ".", string(digits));
    }
}
