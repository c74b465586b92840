/** Quantities in CEL: `quantity('1Gi').isLessThan(quantity('2Gi'))` (apiserver's cel/library/quantity.go), and sets of lists (cel-go's ext sets). */
import type { Environment } from '@marcbachmann/cel-js'
import {
  addQuantities,
  approximateValue,
  compareQuantities,
  parseQuantity,
  type Quantity,
  quantityError,
  quantitySign,
  subtractQuantities,
} from '../../api/quantity.ts'
import { stableStringify } from '../../api/walk.ts'

class CelQuantity {
  readonly value: Quantity
  constructor(value: Quantity) {
    this.value = value
  }
}

const NANO = 1_000_000_000n

function read(text: string): CelQuantity {
  const wrong = quantityError(text)
  if (wrong !== undefined) throw new Error(wrong)
  return new CelQuantity(parseQuantity(text))
}

function integer({ value }: CelQuantity): bigint {
  if (value.nano % NANO !== 0n) throw new Error('cannot convert value to integer')
  return value.nano / NANO
}

const other = (given: CelQuantity | bigint): Quantity => (given instanceof CelQuantity ? given.value : parseQuantity(String(given)))

function withQuantities(environment: Environment): Environment {
  const q = 'Quantity'
  environment
    .registerType(q, CelQuantity)
    .registerFunction('quantity(string): Quantity', read)
    .registerFunction('isQuantity(string): bool', (text: string) => quantityError(text) === undefined)
    .registerFunction('Quantity.sign(): int', (a: CelQuantity) => BigInt(Math.sign(quantitySign(a.value))))
    .registerFunction('Quantity.isInteger(): bool', (a: CelQuantity) => a.value.nano % NANO === 0n)
    .registerFunction('Quantity.asInteger(): int', integer)
    .registerFunction('Quantity.asApproximateFloat(): double', (a: CelQuantity) => approximateValue(a.value))
    .registerFunction('Quantity.isGreaterThan(Quantity): bool', (a: CelQuantity, b: CelQuantity) => compareQuantities(a.value, b.value) > 0)
    .registerFunction('Quantity.isLessThan(Quantity): bool', (a: CelQuantity, b: CelQuantity) => compareQuantities(a.value, b.value) < 0)
    .registerFunction('Quantity.compareTo(Quantity): int', (a: CelQuantity, b: CelQuantity) =>
      BigInt(Math.sign(compareQuantities(a.value, b.value))),
    )
  for (const type of [q, 'int'])
    environment
      .registerFunction(
        `Quantity.add(${type}): Quantity`,
        (a: CelQuantity, b: CelQuantity | bigint) => new CelQuantity(addQuantities(a.value, other(b))),
      )
      .registerFunction(
        `Quantity.sub(${type}): Quantity`,
        (a: CelQuantity, b: CelQuantity | bigint) => new CelQuantity(subtractQuantities(a.value, other(b))),
      )
  return environment.registerOperator('Quantity == Quantity', (a: CelQuantity, b: CelQuantity) => compareQuantities(a.value, b.value) === 0)
}

class JsonPatchLibrary {}

/** What a key is in a JSON pointer, for the JSON patches of mutating policies. */
const withJsonPatch = (environment: Environment): Environment =>
  environment
    .registerType('JsonPatchLibrary', JsonPatchLibrary)
    .registerConstant('jsonpatch', 'JsonPatchLibrary', new JsonPatchLibrary())
    .registerFunction('JsonPatchLibrary.escapeKey(string): string', (_: JsonPatchLibrary, text: string) =>
      text.replaceAll('~', '~0').replaceAll('/', '~1'),
    )

class Sets {}

const key = (item: unknown): string => stableStringify(typeof item === 'bigint' ? { int: String(item) } : item)
const keys = (list: readonly unknown[]): Set<string> => new Set(list.map(key))
const contains = (list: readonly unknown[], part: readonly unknown[]): boolean => {
  const all = keys(list)
  return part.every((item) => all.has(key(item)))
}

const withSets = (environment: Environment): Environment =>
  environment
    .registerType('SetsLibrary', Sets)
    .registerConstant('sets', 'SetsLibrary', new Sets())
    .registerFunction('SetsLibrary.contains(list, list): bool', (_: Sets, a: unknown[], b: unknown[]) => contains(a, b))
    .registerFunction('SetsLibrary.equivalent(list, list): bool', (_: Sets, a: unknown[], b: unknown[]) => contains(a, b) && contains(b, a))
    .registerFunction('SetsLibrary.intersects(list, list): bool', (_: Sets, a: unknown[], b: unknown[]) => {
      const all = keys(a)
      return b.some((item) => all.has(key(item)))
    })

export const withKubernetesTypes = (environment: Environment): Environment => withJsonPatch(withSets(withQuantities(environment)))
