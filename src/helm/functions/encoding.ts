/** Functions that write and read YAML, JSON, base64 and sums, and those of chance, which the session's keyed randomness feeds. */

import { toJson, toJsonIndented } from '../../kubectl/printers/json.ts'
import { toYaml } from '../../kubectl/printers/yaml.ts'
import { parseYaml } from '../../kubectl/resources/yaml.ts'
import { sha256 } from '../../lib/hash.ts'
import { base64FromBytes, bytesFromBase64, bytesFromText, textFromBytes } from '../../script/bytes.ts'
import { GoObject, isMap } from '../template/values.ts'
import { type Functions, type FunctionWorld, fn, toCount, toInt } from './contract.ts'

const DIGITS = '0123456789'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ASCII = Array.from({ length: 95 }, (_x, i) => String.fromCharCode(32 + i)).join('')
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** What Go's structs look like once marshalled. */
export function data(value: unknown): unknown {
  if (value instanceof GoObject) return Object.fromEntries(Object.entries(value.fields).map(([key, v]) => [key, data(v)]))
  if (Array.isArray(value)) return value.map(data)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (typeof value !== 'object' || value === null) return value === undefined ? null : value
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, data(v)]))
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function base32(text: string): string {
  const bits = [...bytesFromText(text)].map((b) => b.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  const out = groups.map((g) => BASE32[Number.parseInt(g.padEnd(5, '0'), 2)]).join('')
  return out.padEnd(Math.ceil(out.length / 8) * 8, '=')
}

function adler32(text: string): string {
  let a = 1
  let b = 0
  for (const byte of bytesFromText(text)) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return String(((b << 16) | a) >>> 0)
}

function decoded(text: string): string {
  const { bytes, ok } = bytesFromBase64(text)
  return ok ? textFromBytes(bytes) : 'illegal base64 data'
}

/** Reads YAML or JSON as `fromYaml` and `fromJson` do: an error is a value. */
function read(budget: FunctionWorld['budget'], text: string, wanted: 'map' | 'list', parse: (text: string) => unknown): unknown {
  budget.spend(text.length * 4)
  try {
    const value = parse(text)
    if (wanted === 'map') {
      if (value === null || value === undefined) return {}
      if (!isMap(value))
        throw new Error(
          `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type map[string]interface {}`,
        )
      return value
    }
    if (value === null || value === undefined) return []
    if (!Array.isArray(value))
      throw new Error(
        `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${isMap(value) ? 'object' : typeof value} into Go value of type []interface {}`,
      )
    return value
  } catch (error) {
    return wanted === 'map' ? { Error: messageOf(error) } : [messageOf(error)]
  }
}

/** Functions that make keys and certificates: real ones need chance and arithmetic that the lab leaves out. */
const UNSIMULATED = [
  'genPrivateKey',
  'genCA',
  'genCAWithKey',
  'genSelfSignedCert',
  'genSelfSignedCertWithKey',
  'genSignedCert',
  'genSignedCertWithKey',
  'buildCustomCert',
  'derivePassword',
  'encryptAES',
  'decryptAES',
  'bcrypt',
  'htpasswd',
  'getHostByName',
  'sha1sum',
  'sha512sum',
  'osBase',
  'osDir',
  'osExt',
  'osClean',
  'osIsAbs',
  'toToml',
  'fromToml',
]

export function encodingFunctions({ budget, random }: FunctionWorld): Functions {
  const drawn = (alphabet: string) =>
    fn('a', (count) => {
      const length = Math.max(0, toCount(count))
      budget.spend(length)
      return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
    })
  const written = (write: (value: unknown) => string) =>
    fn('a', (value) => {
      budget.walk(value)
      return write(data(value))
    })
  const yaml = written((v) => toYaml(v).replace(/\n$/, ''))
  const json = written((v) => toJson(v))
  const fromYaml = fn('s', (text) => read(budget, text, 'map', parseYaml))
  const fromJson = fn('s', (text) => read(budget, text, 'map', JSON.parse))
  return {
    toYaml: yaml,
    mustToYaml: yaml,
    toYamlPretty: yaml,
    fromYaml,
    fromYamlArray: fn('s', (text) => read(budget, text, 'list', parseYaml)),
    toJson: json,
    mustToJson: json,
    toPrettyJson: written((v) => toJsonIndented(v, '  ')),
    toRawJson: written((v) => toJson(v, false)),
    fromJson,
    fromJsonArray: fn('s', (text) => read(budget, text, 'list', JSON.parse)),
    mustFromJson: fromJson,
    b64enc: fn('s', (text) => base64FromBytes(bytesFromText(text))),
    b64dec: fn('s', decoded),
    b32enc: fn('s', base32),
    sha256sum: fn('s', (text) => sha256(bytesFromText(text))),
    adler32sum: fn('s', adler32),
    randAlphaNum: drawn(DIGITS + LETTERS),
    randAlpha: drawn(LETTERS),
    randNumeric: drawn(DIGITS),
    randAscii: drawn(ASCII),
    randInt: fn('aa', (from, to) => {
      const low = toInt(from)
      return low + BigInt(Math.floor(random() * Math.max(1, Number(toInt(to) - low))))
    }),
    shuffle: fn('s', (text: string) => {
      const all = [...text]
      for (let i = all.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1))
        ;[all[i], all[j]] = [all[j]!, all[i]!]
      }
      return all.join('')
    }),
    uuidv4: fn('', () => {
      const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16))
      hex[12] = '4'
      hex[16] = '89ab'[Math.floor(random() * 4)]!
      return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    }),
    ...Object.fromEntries(
      UNSIMULATED.map((name) => [
        name,
        fn('a*', () => {
          throw new Error(`${name} is not simulated in this lab`)
        }),
      ]),
    ),
  }
}
