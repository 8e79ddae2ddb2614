// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The few cheatcodes that these tests use, so that they need no library.
interface Vm {
    function prank(address sender) external;
    function expectRevert(bytes calldata revertData) external;
    function assume(bool condition) external pure;
}

/// @dev keccak256("hevm cheat code"), where the test runner answers cheatcodes.
Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
