/** π to any number of digits, by Machin's formula in whole numbers. */

/** arctan(1/n), times `unity`. */
function arctanOfInverse(n: bigint, unity: bigint): bigint {
  const square = n * n
  let power = unity / n
  let sum = power
  for (let k = 3n, sign = -1n; power > 0n; k += 2n, sign = -sign) {
    power /= square
    sum += sign * (power / k)
  }
  return sum
}

/** So many digits in all, the last one rounded: `3.142` for four. */
export function digitsOfPi(digits: number): string {
  if (digits < 1) return '3'
  const guard = 10
  const unity = 10n ** BigInt(digits - 1 + guard)
  const pi = 4n * (4n * arctanOfInverse(5n, unity) - arctanOfInverse(239n, unity))
  const scale = 10n ** BigInt(guard)
  const text = String((pi + scale / 2n) / scale)
  return digits === 1 ? text : `${text[0]}.${text.slice(1)}`
}
