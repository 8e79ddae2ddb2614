/** Texts that make a backtracking matcher slow, made from the expression itself. */

/** What an expression is made of, as far as samples need it. */
type Node =
  | { readonly kind: "chars"; readonly accepts: (char: string) => boolean }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "choice"; readonly among: readonly Node[] }
  | { readonly kind: "repeat"; readonly part: Node; readonly least: number; readonly most: number }
  | { readonly kind: "look"; readonly part: Node };

/** A part that may be repeated many times: what comes before it, and what it may be repeated with. */
export interface Pump {
  readonly before: string;
  readonly pieces: readonly string[];
}

/** From so many repetitions on it is worth an attack. */
const MANY = 10;

/** Every part of an expression that may be repeated many times. */
export function pumpsOf({ source, flags }: RegExp): Pump[] {
  const tree = parse(source, flags.replace(/[gy]/g, ""));
  const alphabet = [...new Set(["a", "1", " ", ...source.replaceAll(/\\[dwsDWSbB]/g, ""), "A", "0", "\u00e9"])];
  const sample = (node: Node, preferred: string): string => {
    switch (node.kind) {
      case "chars":
        return node.accepts(preferred) ? preferred : (alphabet.find((char) => node.accepts(char)) ?? "");
      case "sequence":
        return node.parts.map((part) => sample(part, preferred)).join("");
      case "choice":
        return sample(node.among[0] as Node, preferred);
      case "repeat":
        return sample(node.part, preferred).repeat(node.least);
      case "look":
        return "";
    }
  };
  const samples = (node: Node): string[] => {
    const choices = node.kind === "choice" ? node.among : [node];
    return [...new Set(choices.flatMap((each) => alphabet.map((char) => sample(each, char))))].filter((text) => text !== "");
  };
  const found: Pump[] = [];
  const visit = (node: Node, before: string): void => {
    if (node.kind === "choice") for (const each of node.among) visit(each, before);
    if (node.kind === "look") visit(node.part, before);
    if (node.kind === "sequence")
      for (const [at, part] of node.parts.entries())
        visit(
          part,
          before +
            node.parts
              .slice(0, at)
              .map((each) => sample(each, "a"))
              .join(""),
        );
    if (node.kind === "repeat") {
      if (node.most >= MANY) found.push({ before, pieces: samples(node.part) });
      visit(node.part, before);
    }
  };
  visit(tree, "");
  return found;
}

/** Ends that keep an expression from matching what came before. */
const ENDS = ["", "\u0000", "\n", "!"];

/** Texts of about this length: the repeated part, alone and with what comes before it, and then a mismatch. */
export function* attacks({ before, pieces }: Pump, length: number): Generator<string> {
  for (const piece of pieces) {
    for (const end of ENDS) {
      yield before + repeated(piece, length) + end;
      if (before !== "") yield repeated(before + piece, length) + end;
    }
  }
  if (before !== "") yield repeated(before, length);
}

export function repeated(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length));
}

/** A small parser of regular expressions: groups and assertions become their content, character sets a test of one character. */
function parse(source: string, flags: string): Node {
  let at = 0;
  const unit = /\\(?:u\{[^}]*\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[pP]\{[^}]*\}|.)|\[(?:[^\]\\]|\\.)*\]|./suy;
  return choice();

  function choice(): Node {
    const among = [sequence()];
    while (source[at] === "|") {
      at += 1;
      among.push(sequence());
    }
    return among.length === 1 ? (among[0] as Node) : { kind: "choice", among };
  }

  function sequence(): Node {
    const parts: Node[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") {
      const part = atom();
      if (part) parts.push(quantified(part));
    }
    return { kind: "sequence", parts };
  }

  function atom(): Node | null {
    if (source[at] === "(") {
      const [opening] = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(source.slice(at)) ?? ["("];
      at += opening.length;
      const part = choice();
      at += 1;
      return /[=!]$/.test(opening) ? { kind: "look", part } : part;
    }
    unit.lastIndex = at;
    const [text] = unit.exec(source) ?? [""];
    at += text.length;
    if (/^(?:\^|\$|\\[bB])$/.test(text)) return null;
    const one = new RegExp(`^(?:${text})$`, flags);
    return { kind: "chars", accepts: (char) => one.test(char) };
  }

  function quantified(part: Node): Node {
    const [text, , least = "", comma, most = ""] = /^(?:[*+?]|(\{)(\d+)(,?)(\d*)\})\??/.exec(source.slice(at)) ?? [""];
    at += text.length;
    if (text === "") return part;
    if (least === "") return { kind: "repeat", part, least: text[0] === "+" ? 1 : 0, most: text[0] === "?" ? 1 : Number.POSITIVE_INFINITY };
    const bound = most === "" ? (comma ? Number.POSITIVE_INFINITY : Number(least)) : Number(most);
    return { kind: "repeat", part, least: Number(least), most: bound };
  }
}
