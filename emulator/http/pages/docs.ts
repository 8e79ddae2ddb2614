import { readFileSync } from "node:fs";
import { packageFile } from "../../package-root.ts";
import type { LoadedDocument } from "../document.ts";
import { type Cut, cut, filled } from "../served-document.ts";

interface Catalogue {
  readonly info: { readonly title: string; readonly description: string };
  readonly "x-error-catalogue": Readonly<Record<string, { readonly status: number; readonly description: string; readonly fix: string }>>;
}

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
  const content = JSON.parse(jsonText) as Catalogue;
  const settings = {
    content: {
      ...content,
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

/** The error catalogue as a chapter: what each code means and what to do. */
function errorChapter(content: Catalogue): string {
  const entries = Object.entries(content["x-error-catalogue"]).map(
    ([code, { status, description, fix }]) => `### ${code}\n\n**${status}** – ${description} ${fix}\n`,
  );
  return `\n## Error codes\n\n${entries.join("\n")}`;
}

function escapeScript(text: string): string {
  return text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}
