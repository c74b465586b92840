/** sprig's functions of numbers: those without an `f` work on ints and take anything that can be read as one. */
import { type Functions, type FunctionWorld, fn, toCount, toFloat, toInt } from './contract.ts'

const WORD = 64
const int64 = (n: bigint): bigint => BigInt.asIntN(WORD, n)
const fold =
  (step: (a: bigint, b: bigint) => bigint) =>
  (first: unknown, ...rest: unknown[]) =>
    rest.reduce<bigint>((a, b) => int64(step(a, toInt(b))), toInt(first))
const foldFloat =
  (step: (a: number, b: number) => number) =>
  (first: unknown, ...rest: unknown[]) =>
    rest.reduce<number>((a, b) => step(a, toFloat(b)), toFloat(first))

function divided(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new Error('runtime error: integer divide by zero')
  return a / b
}

function rounded(value: unknown, places: unknown, on: unknown = 0.5): number {
  const scale = 10 ** Number(toInt(places))
  const n = toFloat(value) * scale
  const fraction = Math.abs(n - Math.trunc(n))
  return (fraction >= toFloat(on) ? Math.trunc(n) + Math.sign(n) : Math.trunc(n)) / scale
}

export function numberFunctions({ budget }: FunctionWorld): Functions {
  const steps = (from: bigint, to: bigint, step: bigint): bigint[] => {
    const out: bigint[] = []
    if (step === 0n) return out
    for (let i = from; step > 0n ? i < to : i > to; i += step) {
      budget.spend(1)
      out.push(i)
    }
    return out
  }
  const seq = (...given: unknown[]): string => {
    const [a = 0n, b = 0n, c = 0n] = given.map(toInt)
    const [from, step, to] = given.length === 1 ? [1n, a < 1n ? -1n : 1n, a] : given.length === 2 ? [a, b < a ? -1n : 1n, b] : [a, b, c]
    if (given.length === 0 || given.length > 3) return ''
    return steps(from, step > 0n ? to + 1n : to - 1n, step).join(' ')
  }
  const greatest = fold((a, b) => (b > a ? b : a))
  const one = (value: unknown): bigint => int64(toInt(value) + 1n)
  return {
    int: fn('a', toInt),
    int64: fn('a', toInt),
    float64: fn('a', toFloat),
    toDecimal: fn('a', (v) => BigInt(Number.parseInt(String(v), 8) || 0)),
    add: fn('a*', (...values) => fold((a, b) => a + b)(0n, ...values)),
    add1: fn('a', one),
    sub: fn(
      'aa',
      fold((a, b) => a - b),
    ),
    mul: fn(
      'aa*',
      fold((a, b) => a * b),
    ),
    div: fn('aa', fold(divided)),
    mod: fn(
      'aa',
      fold((a, b) => a - divided(a, b) * b),
    ),
    max: fn('aa*', greatest),
    biggest: fn('aa*', greatest),
    min: fn(
      'aa*',
      fold((a, b) => (b < a ? b : a)),
    ),
    addf: fn('a*', (...values) => foldFloat((a, b) => a + b)(0, ...values)),
    add1f: fn('a', (v) => toFloat(v) + 1),
    subf: fn(
      'aa*',
      foldFloat((a, b) => a - b),
    ),
    mulf: fn(
      'aa*',
      foldFloat((a, b) => a * b),
    ),
    divf: fn(
      'aa*',
      foldFloat((a, b) => a / b),
    ),
    maxf: fn('aa*', foldFloat(Math.max)),
    minf: fn('aa*', foldFloat(Math.min)),
    floor: fn('a', (v) => Math.floor(toFloat(v))),
    ceil: fn('a', (v) => Math.ceil(toFloat(v))),
    round: fn('aaa*', rounded),
    until: fn('i', (n: bigint) => steps(0n, BigInt(toCount(n)), n < 0n ? -1n : 1n)),
    untilStep: fn('iii', steps),
    seq: fn('a*', seq),
  }
}
