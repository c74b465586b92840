/** Draws manifests that are almost right: real ones with keys taken away, values of other types, strange names, deep and odd things. */
import { createRandom } from '../../src/sim/random.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const STRANGE: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  '',
  ' ',
  'A B',
  '../..',
  '💥',
  '\u0000',
  '__proto__',
  'constructor',
  '1Gi',
  '-5m',
  '99999999999999999999',
  '0x10',
  'true',
  [],
  {},
  [null],
  [[]],
  [{}],
  { '': '' },
  { a: { b: { c: { d: [1, 'x', null] } } } },
  '2026-13-45T99:99:99Z',
  'x'.repeat(300),
]
const KEYS = ['__proto__', 'constructor', 'toString', '', 'name', 'namespace', 'spec', 'metadata', 'a.b/c', 'hasOwnProperty', 'length']

/** A path to every place within a value. */
function places(value: Json, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const here = [at]
  if (Array.isArray(value)) return [...here, ...value.flatMap((v, i) => places(v, [...at, i]))]
  if (value !== null && typeof value === 'object') return [...here, ...Object.entries(value).flatMap(([k, v]) => places(v, [...at, k]))]
  return here
}

const setKey = (record: Record<string, Json>, key: string, value: Json): void =>
  void Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })

function change(root: Json, path: readonly (string | number)[], act: (parent: any, key: string | number) => void): void {
  let parent: any = root
  for (const key of path.slice(0, -1)) parent = parent[key]
  act(parent, path.at(-1)!)
}

/** A mutated copy; the same for the same number. `apiVersion` and `kind` mostly stay, so that a kind's own rules are reached. */
export function mutate(manifest: Json, number: number, others: readonly Json[]): Json {
  const random = createRandom('mutate')
  let turn = 0
  const below = (n: number): number => random.below(n, 'mutate', String(number), turn++)
  const of = <T>(list: readonly T[]): T => list[below(list.length)]!
  const root = structuredClone(manifest)
  for (let times = 1 + below(4); times > 0; times--) {
    const all = places(root).filter((p) => p.length > 0 && (below(20) === 0 || (p[0] !== 'apiVersion' && p[0] !== 'kind')))
    const path = of(all)
    if (path === undefined) break
    change(root, path, (parent, key) => {
      switch (below(6)) {
        case 0:
          if (Array.isArray(parent)) parent.splice(Number(key), 1)
          else delete parent[key]
          return
        case 1:
          if (Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]))
          else setKey(parent, of(KEYS), structuredClone(of(STRANGE)))
          return
        case 2: {
          const donor = of(others)
          let piece: any = donor
          for (const k of of(places(donor))) piece = piece[k]
          setKey(parent, String(key), structuredClone(piece))
          return
        }
        default:
          setKey(parent, String(key), structuredClone(of(STRANGE)))
      }
    })
  }
  return root
}
