import { readFileSync } from "node:fs";
import { packageFile } from "../../package-root.ts";
import type { LoadedDocument } from "../document.ts";
import { type Cut, cut, filled } from "../served-document.ts";

interface Content {
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: Paths;
  readonly webhooks?: Paths;
  readonly "x-error-catalogue": Readonly<Record<string, CatalogueEntry>>;
}

interface CatalogueEntry {
  readonly status: number;
  readonly description: string;
  readonly fix: string;
  readonly "x-sandbox-only"?: boolean;
}

type Paths = Readonly<Record<string, Readonly<Record<string, { readonly "x-provenance"?: Provenance }>>>>;
type Provenance = "published" | "inferred";

/** How the page marks an operation. */
const BADGES: Readonly<Record<Provenance, { readonly name: string; readonly color: string }>> = {
  published: { name: "Published", color: "#1a7f37" },
  inferred: { name: "Inferred", color: "#9a6700" },
};

/** Nothing on this page may come from, or go, anywhere but to the sandbox, by its public address too. */
export function docsPolicy(publicUrl: string | null): string {
  const connect = publicUrl === null ? "'self'" : `'self' ${new URL(publicUrl).origin}`;
  return `default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src data:; connect-src ${connect}; base-uri 'none'; form-action 'none'`;
}

/** Stands in the page where the address does. */
const ADDRESS = JSON.stringify("{address}");

const pages = new WeakMap<LoadedDocument, Cut>();

/**
 * The reference page of a document served below `base`: Scalar over it, script and all in one file, so that it works without a network. The
 * address is the one server that it shows and sends requests to: a key tried here does not go to the production host.
 */
export function docsPage(document: LoadedDocument, base: string, address: string): Buffer {
  let page = pages.get(document);
  if (!page) {
    page = cut(render(document, base), ADDRESS);
    pages.set(document, page);
  }
  return filled(page, escapeScript(JSON.stringify(address)));
}

function render({ jsonText }: LoadedDocument, base: string): string {
  const content = JSON.parse(jsonText) as Content;
  const settings = {
    content: {
      ...content,
      paths: badged(content.paths),
      ...(content.webhooks ? { webhooks: badged(content.webhooks) } : {}),
      info: { ...content.info, description: `${content.info.description}\n${errorChapter(content)}` },
      servers: [{ url: JSON.parse(ADDRESS), description: "This sandbox" }],
    },
    authentication: { preferredSecurityScheme: "apiKey" },
    theme: "default",
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: "never",
    hideClientButton: true,
    persistAuth: false,
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${content.info.title}</title>
<link rel="icon" href="data:,">
</head>
<body>
<div id="reference"></div>
<noscript>This page needs JavaScript; the same contract is at <a href="${base}/openapi.yaml">${base}/openapi.yaml</a>.</noscript>
<script>${escapeScript(readFileSync(packageFile("dist/docs/scalar.js"), "utf8"))}</script>
<script>
// An error's doc_url ends in its code; Scalar names the headings of a chapter so.
const code = /^#([A-Z][A-Z0-9_]*)$/.exec(location.hash);
if (code) history.replaceState(null, "", "#api-1/description/" + code[1].toLowerCase().replaceAll("_", "-"));
Scalar.createApiReference("#reference", ${escapeScript(JSON.stringify(settings))});
</script>
</body>
</html>
`;
}

/** Each operation with a badge of where it comes from. */
function badged(paths: Paths): Paths {
  const marked = Object.entries(paths).map(([path, item]) => {
    const operations = Object.entries(item).map(([method, operation]) => {
      const provenance = operation["x-provenance"];
      return [method, provenance === undefined ? operation : { ...operation, "x-badges": [BADGES[provenance]] }];
    });
    return [path, Object.fromEntries(operations)];
  });
  return Object.fromEntries(marked);
}

/** The error catalogue as a chapter: what each code means and what to do. */
function errorChapter(content: Content): string {
  const entries = Object.entries(content["x-error-catalogue"]).map(([code, { status, description, fix, "x-sandbox-only": isOurs }]) => {
    const origin = isOurs ? " Only a sandbox answers so." : "";
    return `### ${code}\n\n**${status}** – ${description} ${fix}${origin}\n`;
  });
  return `\n## Error codes\n\n${entries.join("\n")}`;
}

function escapeScript(text: string): string {
  return text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}
