/** What a value could be instead: the neighbouring number, half and twice an amount, another of Kubernetes' words, a name nobody knows. */

/** Words of which there are only a few: the others may be meant by mistake. */
const WORDS: readonly (readonly string[])[] = [
  ['ReadWriteOnce', 'ReadWriteMany', 'ReadOnlyMany'],
  ['ClusterIP', 'NodePort', 'LoadBalancer'],
  ['Prefix', 'Exact'],
  ['DoNotSchedule', 'ScheduleAnyway'],
  ['RollingUpdate', 'Recreate'],
  ['Always', 'OnFailure', 'Never'],
  ['Parallel', 'OrderedReady'],
  ['Ingress', 'Egress'],
  ['NoExecute', 'NoSchedule', 'PreferNoSchedule'],
  ['Exists', 'Equal'],
  ['In', 'NotIn'],
  ['Retain', 'Delete'],
  ['Immediate', 'WaitForFirstConsumer'],
  ['Cluster', 'Local'],
  ['true', 'false'],
]
const AMOUNT = /^(\d+(?:\.\d+)?)([KMGT]i?|k|m|s|ms|h|%)$/
const NAME = /^[\w./-]+(:[\w.-]+)?$/
const SMALL = 10

const times = (amount: string, unit: string, factor: number): string =>
  `${Math.max(Math.round(Number(amount) * factor * 100) / 100, 0)}${unit}`

/** `key`: the field's name, for what a number measures. None is the value itself. */
export function otherValues(value: unknown, key: string): readonly unknown[] {
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'number') return otherNumbers(value, key)
  if (typeof value !== 'string' || value === '' || value.includes('$')) return []
  const words = WORDS.find((w) => w.includes(value))
  if (words !== undefined) return words.filter((w) => w !== value)
  const [, amount, unit] = AMOUNT.exec(value) ?? []
  if (amount !== undefined) return unit === 'm' && amount === '0' ? [] : [times(amount, unit!, 0.5), times(amount, unit!, 2)]
  if (/^\d+$/.test(value)) return otherNumbers(Number(value), key).map(String)
  const [, option, set] = /^(-[\w-]+=|\w+=)([^\s=]+)$/.exec(value) ?? []
  if (option !== undefined) return otherValues(set, key).map((other) => `${option}${String(other)}`)
  return NAME.test(value) && !value.startsWith('-') ? [`${value}x`] : []
}

/** Of a time a tenth and ten times as much: a second more or less teaches nothing. Of a small count one more and one less. */
function otherNumbers(value: number, key: string): readonly number[] {
  if (!Number.isInteger(value) || value < 0) return [value * 2].filter((n) => n !== value)
  if (/Seconds$/.test(key)) return [value * 10, Math.floor(value / 10)].filter((n) => n > 0)
  return value <= SMALL ? [value + 1, value - 1].filter((n) => n >= 0) : [value + 1]
}
