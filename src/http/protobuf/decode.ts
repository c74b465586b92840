/**
 * Bodies in Kubernetes' protobuf form, which client-go's typed clients send by default, as the plain objects that JSON would have been. Field
 * numbers are facts of the real API (fields.generated.json); what this server does not know it refuses, so that nothing is lost in silence.
 */
import { formatTime } from '../../api/rfc3339.ts'
import fields from './fields.generated.json' with { type: 'json' }

/** Number → `name type`: s text, i integer, b boolean, y bytes, d double, or a message; `[]` a list, `{}` a map, `*` set even when zero, name `.` inlined. */
const MESSAGES = fields as unknown as Readonly<Record<string, Readonly<Record<string, string>>>>
const MAGIC = Buffer.from('k8s\0')
const MAX_DEPTH = 64

/** Not protobuf, or not what this server knows. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

type Wire = { readonly number: number; readonly value: bigint | Buffer }

function* wires(bytes: Buffer): Generator<Wire> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) break
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new ProtobufError('unexpected end of a number')
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >>> 3
    const wire = tag & 7
    if (wire === 0) {
      yield { number, value: varint() }
      continue
    }
    const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : wire === 5 ? 4 : -1
    if (length < 0 || at + length > bytes.length) throw new ProtobufError('unexpected end of a field')
    yield { number, value: bytes.subarray(at, at + length) }
    at += length
  }
}

const bufferOf = (wire: Wire): Buffer => {
  if (typeof wire.value === 'bigint') throw new ProtobufError('wrong wire type')
  return wire.value
}
const integerOf = ({ value }: Wire): number => {
  if (typeof value === 'bigint') return Number(BigInt.asIntN(64, value))
  throw new ProtobufError('wrong wire type')
}
const jsonOf = (raw: unknown): unknown =>
  typeof raw === 'string' && raw !== '' ? JSON.parse(Buffer.from(raw, 'base64').toString('utf8')) : undefined

interface Parts {
  readonly [name: string]: unknown
}
const timeOf = ({ seconds, nanos }: Parts): string | undefined =>
  seconds === undefined && nanos === undefined ? undefined : formatTime(Number(seconds ?? 0) * 1000 + Math.floor(Number(nanos ?? 0) / 1e6))
const itemsOf = ({ items }: Parts): unknown => items ?? []

/** Messages whose JSON is not an object of their fields. */
const SPECIAL: Readonly<Record<string, (parts: Parts) => unknown>> = {
  'api.resource.Quantity': ({ string }) => string ?? '0',
  'util.intstr.IntOrString': ({ type, intVal, strVal }) => (type === 1 ? (strVal ?? '') : (intVal ?? 0)),
  'meta.v1.Time': timeOf,
  'meta.v1.MicroTime': timeOf,
  'runtime.RawExtension': ({ raw }) => jsonOf(raw),
  'meta.v1.FieldsV1': ({ Raw }) => jsonOf(Raw),
  'authentication.v1.ExtraValue': itemsOf,
  'authorization.v1.ExtraValue': itemsOf,
  'certificates.v1.ExtraValue': itemsOf,
}

function scalar(type: string, wire: Wire): unknown {
  switch (type) {
    case 's':
      return bufferOf(wire).toString('utf8')
    case 'i':
      return integerOf(wire)
    case 'b':
      return integerOf(wire) !== 0
    case 'y':
      return bufferOf(wire).toString('base64')
    case 'd':
      return bufferOf(wire).readDoubleLE(0)
    default:
      return undefined
  }
}

const one = (type: string, wire: Wire, depth: number): unknown =>
  type.length === 1 ? scalar(type, wire) : message(type, bufferOf(wire), depth + 1)
const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false

/** A map's entry: key 1, value 2, either left out when it is zero. */
function putEntry(into: Record<string, unknown>, type: string, wire: Wire, depth: number): void {
  let key = ''
  let value: unknown = type === 's' || type === 'y' ? '' : type.length === 1 ? 0 : {}
  for (const part of wires(bufferOf(wire))) {
    if (part.number === 1) key = bufferOf(part).toString('utf8')
    else value = one(type, part, depth)
  }
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true })
}

function put(into: Record<string, unknown>, fact: string, wire: Wire, depth: number): void {
  const [name = '', type = ''] = fact.split(' ')
  if (type.startsWith('{}')) {
    into[name] ??= {}
    putEntry(into[name] as Record<string, unknown>, type.slice(2), wire, depth)
    return
  }
  if (type.startsWith('[]')) {
    into[name] ??= []
    ;(into[name] as unknown[]).push(one(type.slice(2), wire, depth))
    return
  }
  const kept = type.startsWith('*')
  const value = one(kept ? type.slice(1) : type, wire, depth)
  if (value === undefined || (!kept && isZero(value))) return
  if (name === '.') Object.assign(into, value)
  else into[name] = value
}

function message(type: string, bytes: Buffer, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new ProtobufError('nested too deeply')
  const facts = MESSAGES[type]
  if (facts === undefined) throw new ProtobufError(`no message ${type}`)
  const parts: Record<string, unknown> = {}
  for (const wire of wires(bytes)) {
    const fact = facts[wire.number]
    if (fact === undefined) throw new ProtobufError(`field ${wire.number} of ${type} is not known to this server; send JSON`)
    put(parts, fact, wire, depth)
  }
  return SPECIAL[type] === undefined ? parts : SPECIAL[type](parts)
}

const packageOf = (group: string): string => (group === '' ? 'core' : group === 'meta.k8s.io' ? 'meta' : group.split('.')[0]!)

/** The message a group, version and kind is sent as. DeleteOptions are everybody's. */
function messageOf(apiVersion: string, kind: string): string {
  if (kind === 'DeleteOptions') return 'meta.v1.DeleteOptions'
  const at = apiVersion.lastIndexOf('/')
  return `${packageOf(at < 0 ? '' : apiVersion.slice(0, at))}.${apiVersion.slice(at + 1)}.${kind}`
}

/** Throws ProtobufError. */
export function decodeProtobuf(bytes: Buffer): Record<string, unknown> {
  if (!bytes.subarray(0, 4).equals(MAGIC))
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  const type: Record<number, string> = {}
  let raw: Buffer = Buffer.alloc(0)
  try {
    for (const wire of wires(bytes.subarray(4))) {
      if (wire.number === 1) for (const part of wires(bufferOf(wire))) type[part.number] = bufferOf(part).toString('utf8')
      if (wire.number === 2) raw = bufferOf(wire)
    }
    const [apiVersion = '', kind = ''] = [type[1], type[2]]
    return { apiVersion, kind, ...(message(messageOf(apiVersion, kind), raw, 0) as object) }
  } catch (error) {
    if (error instanceof ProtobufError) throw error
    throw new ProtobufError('the message cannot be read')
  }
}
