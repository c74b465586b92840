/**
 * What names, keys and values the API accepts, each check returning messages worded as apimachinery's util/validation words them.
 * An empty list means the text is fine.
 */
import ipaddr from 'ipaddr.js'

/** Checks a name; `prefix` is true for generateName, whose trailing dash is allowed. */
export type NameCheck = (name: string, prefix?: boolean) => string[]

export const byteLength = (text: string): number => Buffer.byteLength(text)

export const emptyMessage = 'must be non-empty'
export const maxLengthMessage = (max: number): string => `must be no more than ${max} characters`
export const inclusiveRangeMessage = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`

/** `… (e.g. 'a',  or 'b', regex used for validation is '…')`, with upstream's odd double spaces. */
export function regexMessage(message: string, format: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${format}')`
  return `${message} (e.g. ${examples.map((e) => `'${e}', `).join(' or ')}regex used for validation is '${format}')`
}

const whole = (format: string): RegExp => new RegExp(`^${format}$`)

const labelFormat = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomainFormat = `${labelFormat}(\\.${labelFormat})*`
const dns1035Format = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualifiedFormat = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const labelValueFormat = `(${qualifiedFormat})?`
const wildcardFormat = `\\*\\.${subdomainFormat}`
const configKeyFormat = '[-._a-zA-Z0-9]+'
const percentFormat = '[0-9]+%'
const headerFormat = '[-A-Za-z0-9]+'

// The dotted formats are checked part by part: their regexes as written backtrack badly on hostile input.
const labelPattern = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/
const dns1035Pattern = whole(dns1035Format)
const qualifiedPattern = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const configKeyPattern = whole(configKeyFormat)
const percentPattern = whole(percentFormat)
const headerPattern = whole(headerFormat)

const isSubdomain = (text: string): boolean => text.split('.').every((part) => labelPattern.test(part))

const labelMessage = regexMessage(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  labelFormat,
  'my-name',
  '123-abc',
)
const subdomainMessage = regexMessage(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomainFormat,
  'example.com',
)
const dns1035Message = regexMessage(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  dns1035Format,
  'my-name',
  'abc-123',
)
const wildcardMessage = regexMessage(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  wildcardFormat,
  '*.example.com',
)
const qualifiedText = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const qualifiedMessage = regexMessage(qualifiedText, qualifiedFormat, 'MyName', 'my.name', '123-abc')
const labelValueMessage = regexMessage(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  labelValueFormat,
  'MyValue',
  'my_value',
  '12345',
)

/** Most texts are too short to be asked for their bytes. */
const isLonger = (text: string, bytes: number): boolean => text.length > bytes || (text.length * 3 > bytes && byteLength(text) > bytes)

export function dns1123LabelErrors(value: string): string[] {
  const found: string[] = []
  if (isLonger(value, 63)) found.push(maxLengthMessage(63))
  if (!labelPattern.test(value)) found.push(isSubdomain(value) ? 'must not contain dots' : labelMessage)
  return found
}

export function dns1123SubdomainErrors(value: string): string[] {
  const found: string[] = []
  if (isLonger(value, 253)) found.push(maxLengthMessage(253))
  if (!isSubdomain(value)) found.push(subdomainMessage)
  return found
}

export function dns1035LabelErrors(value: string): string[] {
  const found: string[] = []
  if (isLonger(value, 63)) found.push(maxLengthMessage(63))
  if (!dns1035Pattern.test(value)) found.push(dns1035Message)
  return found
}

export function wildcardSubdomainErrors(value: string): string[] {
  const found: string[] = []
  if (isLonger(value, 253)) found.push(maxLengthMessage(253))
  if (!value.startsWith('*.') || !isSubdomain(value.slice(2))) found.push(wildcardMessage)
  return found
}

/** Names that were found in order: the same few stand on every object. */
const goodNames = new Set<string>()
const MOST_NAMES = 5_000

/** Label and annotation keys, finalizers, resource names: `[prefix/]name`. */
export function qualifiedNameErrors(value: string): string[] {
  if (goodNames.has(value)) return []
  const found = nameErrors(value)
  if (found.length === 0 && goodNames.size < MOST_NAMES) goodNames.add(value)
  return found
}

function nameErrors(value: string): string[] {
  const parts = value.split('/')
  if (parts.length > 2)
    return [`a valid label key ${qualifiedMessage} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  const found: string[] = []
  const name = parts[parts.length - 1]!
  if (parts.length === 2) {
    const prefix = parts[0]!
    const wrong = prefix === '' ? [emptyMessage] : dns1123SubdomainErrors(prefix)
    found.push(...wrong.map((m) => `prefix part ${m}`))
  }
  if (name === '') found.push(`name part ${emptyMessage}`)
  else if (isLonger(name, 63)) found.push(`name part ${maxLengthMessage(63)}`)
  if (!qualifiedPattern.test(name)) found.push(`name part ${qualifiedMessage}`)
  return found
}

export function labelValueErrors(value: string): string[] {
  const found: string[] = []
  if (isLonger(value, 63)) found.push(maxLengthMessage(63))
  if (value !== '' && !qualifiedPattern.test(value)) found.push(labelValueMessage)
  return found
}

function dotErrors(value: string): string[] {
  if (value === '.') return ["must not be '.'"]
  if (value === '..') return ["must not be '..'"]
  return value.startsWith('..') ? ["must not start with '..'"] : []
}

/** What the API server asks of `env[].name` since RelaxedEnvironmentVariableValidation. */
export function relaxedEnvVarNameErrors(value: string): string[] {
  if (value === '') return [`environment variable name ${emptyMessage}`]
  return /^[ -<>-~]*$/.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** Keys of ConfigMaps and Secrets. */
export function configMapKeyErrors(value: string): string[] {
  const found: string[] = []
  if (isLonger(value, 253)) found.push(maxLengthMessage(253))
  if (!configKeyPattern.test(value)) {
    found.push(
      regexMessage(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        configKeyFormat,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    )
  }
  return [...found, ...dotErrors(value)]
}

/** Names of ports (IANA service names). */
export function portNameErrors(value: string): string[] {
  const found: string[] = []
  if (isLonger(value, 15)) found.push(maxLengthMessage(15))
  if (!/^[-a-z0-9]+$/.test(value)) found.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(value)) found.push('must contain at least one letter (a-z)')
  if (value.includes('--')) found.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) found.push('must not begin or end with a hyphen')
  return found
}

export const inRangeErrors = (value: number, low: number, high: number): string[] =>
  value >= low && value <= high ? [] : [inclusiveRangeMessage(low, high)]
export const portNumberErrors = (value: number): string[] => inRangeErrors(value, 1, 65_535)
/** User and group ids. */
export const userIdErrors = (value: number): string[] => inRangeErrors(value, 0, 2_147_483_647)

export const percentErrors = (value: string): string[] =>
  percentPattern.test(value)
    ? []
    : [regexMessage("a valid percent string must be a numeric string followed by an ending '%'", percentFormat, '1%', '93%')]

export const httpHeaderErrors = (value: string): string[] =>
  headerPattern.test(value)
    ? []
    : [regexMessage("a valid HTTP header must consist of alphanumeric characters or '-'", headerFormat, 'X-Header-Name')]

export const isIp = (value: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(value) || (value.includes(':') && ipaddr.IPv6.isValid(value) && !value.includes('%'))
export const ipErrors = (value: string): string[] => (isIp(value) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'])

export function isCidr(value: string): boolean {
  const slash = value.indexOf('/')
  const bits = value.slice(slash + 1)
  if (slash < 0 || !isIp(value.slice(0, slash)) || !/^(0|[1-9]\d{0,2})$/.test(bits)) return false
  return Number(bits) <= (value.includes(':') ? 128 : 32)
}
export const cidrErrors = (value: string): string[] =>
  isCidr(value) ? [] : ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']

/** `web-` as a prefix is judged as `wea`: what follows is drawn later. */
const maskTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name)

export const nameIsDns1123Label: NameCheck = (name, prefix = false) => dns1123LabelErrors(prefix ? maskTrailingDash(name) : name)
export const nameIsDns1123Subdomain: NameCheck = (name, prefix = false) => dns1123SubdomainErrors(prefix ? maskTrailingDash(name) : name)

/** What a name must be to stand in a path at all: RBAC names and the like. */
export const nameIsPathSegment: NameCheck = (name, prefix = false) => {
  const found: string[] = []
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`]
  for (const part of ['/', '%']) if (name.includes(part)) found.push(`may not contain '${part}'`)
  return found
}
