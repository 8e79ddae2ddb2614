import { kebab, type SettingName, settings } from "./settings.ts";

/** Defaults as the file writes them, where they are not what the setting begins as. None for ~/…, which JSON Schema cannot say. */
const DEFAULTS: Partial<Record<SettingName, unknown>> = {
  mining: "auto",
  limits: "10/s,1000/h",
  chainId: 31337,
  baseFee: 7,
  caDir: undefined,
};

/** JSON Schema (2020-12) of getsmart-sandbox.config.yaml: accepts what `start` accepts there. Written to dist/config.schema.json. */
export function configSchema(): Record<string, unknown> {
  const properties = settings().map(([name, { schema, description, accepts, initial }]) => {
    const value = name in DEFAULTS ? DEFAULTS[name] : (initial ?? undefined);
    return [
      kebab(name),
      {
        description: description.includes(accepts) ? description : `${description} – ${accepts}`,
        ...schema,
        ...(value === undefined ? {} : { default: value }),
      },
    ];
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of getsmart-sandbox",
    description: "getsmart-sandbox.config.yaml, read by `start`. A flag or GETSMART_* in the environment wins over it.",
    type: "object",
    properties: { $schema: { type: "string", description: "this schema" }, ...Object.fromEntries(properties) },
    additionalProperties: false,
  };
}
