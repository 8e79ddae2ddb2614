import qrcode from "qrcode-generator";

/** The modules of a QR code (ISO/IEC 18004), row by row, true for dark: the smallest one with error correction M, without quiet zone. */
export function qrModules(text: string): boolean[][] {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const all = Array.from({ length: code.getModuleCount() }, (_, index) => index);
  return all.map((row) => all.map((column) => code.isDark(row, column)));
}
