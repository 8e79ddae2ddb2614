import { expect, it } from "vitest";
import { strictJson } from "../kit/strict-json.ts";

it.each<[string, object]>([
  ['{"a": 1, "b": {"a": 2}}', { value: { a: 1, b: { a: 2 } } }],
  ['{"a": 1, "b": 2, "a" : 3}', { problem: 'has the name "a" twice in one object' }],
  ['[{"a": 1}, {"a": 2}]', { value: [{ a: 1 }, { a: 2 }] }],
  ['{"a\\"b": "a\\\\", "a\\\\": "a\\"b"}', { value: { 'a"b': "a\\", "a\\": 'a"b' } }],
  ['{"\\u0061": 1, "a"\n: 2}', { problem: 'has the name "a" twice in one object' }],
  ['"{\\"a\\": 1, \\"a\\": 2}"', { value: '{"a": 1, "a": 2}' }],
  ['"unended', { problem: expect.stringContaining("is not JSON") }],
])("%s", (text, verdict) => {
  expect(strictJson(Buffer.from(text))).toEqual(verdict);
});
