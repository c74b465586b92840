/**
 * Private keys: RSA and Ed25519, made of chance that is drawn from the world's seed, so that the same commands make the same keys. Both sign
 * without chance of their own (PKCS #1 v1.5, RFC 8032); ECDSA does not, and is not simulated.
 */
import { checkPrimeSync, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { bigIntOf, empty, integer, octets, oid, pemText, sequence } from '../../../lib/der.ts'
import { sha256 } from '../../../lib/hash.ts'
import type { ToolContext } from '../../contract.ts'
import { type Call, type Command, OpensslError } from './call.ts'

export const RSA = '2a864886f70d010101'
export const RSA_SHA256 = '2a864886f70d01010b'
export const ED25519 = '2b6570'
const EXPONENT = 65_537n
const MIN_BITS = 512
const MAX_BITS = 4096

/** Bytes that follow from a few draws of this shell. */
export function chance(ctx: ToolContext): (count: number) => Uint8Array {
  const seed = [0, 1, 2, 3].map(() => ctx.random()).join('/')
  let turn = 0
  return (count) => {
    const parts: Buffer[] = []
    for (let have = 0; have < count; have += 32) parts.push(Buffer.from(sha256(`${seed}/${turn++}`), 'hex'))
    return Buffer.concat(parts).subarray(0, count)
  }
}

const SMALL = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113].map(
  BigInt,
)

/** Steps of testing one number of 1024 bits; the time grows with the cube of the length. */
const TEST_STEPS = 150

/** A prime of so many bits, the two highest set, for which the exponent can be inverted. */
function prime(bitCount: number, bytes: (count: number) => Uint8Array, charge: (steps: number) => void): bigint {
  const steps = Math.ceil(TEST_STEPS * (bitCount / 1024) ** 3)
  const high = 3n << BigInt(bitCount - 2)
  for (;;) {
    const start = (bigIntOf(bytes(Math.ceil(bitCount / 8))) & ((1n << BigInt(bitCount)) - 1n)) | high | 1n
    for (let candidate = start; candidate < start + 4096n; candidate += 2n) {
      if (SMALL.some((p) => candidate % p === 0n) || (candidate - 1n) % EXPONENT === 0n) continue
      charge(steps)
      if (checkPrimeSync(candidate, { checks: 8 })) return candidate
    }
  }
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n]
  while (a > 1n) {
    const q = a / b
    ;[a, b] = [b, a % b]
    ;[x, y] = [y, x - q * y]
  }
  return x < 0n ? x + modulus : x
}

function rsaKey(bitCount: number, ctx: ToolContext): KeyObject {
  const bytes = chance(ctx)
  const make = (count: number): bigint => prime(count, bytes, (steps) => ctx.charge?.(steps))
  const p = make(Math.ceil(bitCount / 2))
  let q = make(Math.floor(bitCount / 2))
  while (q === p) q = make(Math.floor(bitCount / 2))
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n))
  const parts = [0n, p * q, EXPONENT, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)]
  const der = sequence(integer(0), sequence(oid(RSA), empty()), octets(sequence(...parts.map(integer))))
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
}

/** `rsa`, `rsa:2048`, `ed25519`. Throws OpensslError. */
export function newKey(kind: string, ctx: ToolContext): KeyObject {
  const [algorithm = '', size = '2048'] = kind.toLowerCase().split(':')
  if (algorithm === 'ed25519') {
    const der = sequence(integer(0), sequence(oid(ED25519)), octets(octets(chance(ctx)(32))))
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  }
  if (algorithm !== 'rsa') throw new OpensslError(`keys of the kind ${kind} are not simulated by clusterlab; use rsa:2048 or ed25519\n`)
  const bitCount = Number(size)
  if (!(bitCount >= MIN_BITS && bitCount <= MAX_BITS))
    throw new OpensslError(`RSA keys of ${size} bits are not simulated by clusterlab; use ${MIN_BITS} to ${MAX_BITS}\n`)
  return rsaKey(bitCount, ctx)
}

export const keyText = (key: KeyObject): string => pemText('PRIVATE KEY', key.export({ format: 'der', type: 'pkcs8' }))
export const publicDer = (key: KeyObject): Uint8Array => createPublicKey(key).export({ format: 'der', type: 'spki' })

export function readKey(call: Call, path: string | undefined): KeyObject {
  const text = call.read(path, 'private key')
  try {
    return createPrivateKey(text)
  } catch {
    throw new OpensslError(`Could not read private key from ${path ?? '<stdin>'}\n`)
  }
}

/** The signature's algorithm as it stands in what is signed, and the signature. Throws OpensslError. */
export function signWith(key: KeyObject, data: Uint8Array): { algorithm: Uint8Array; signature: Uint8Array } {
  const type = key.asymmetricKeyType
  if (type === 'rsa') return { algorithm: signatureAlgorithm(key), signature: sign('sha256', data, key) }
  return { algorithm: signatureAlgorithm(key), signature: sign(null, data, key) }
}

export function signatureAlgorithm(key: KeyObject): Uint8Array {
  const type = key.asymmetricKeyType
  if (type === 'rsa') return sequence(oid(RSA_SHA256), empty())
  if (type === 'ed25519') return sequence(oid(ED25519))
  throw new OpensslError(`signing with keys of the kind ${type} is not simulated by clusterlab; use RSA or Ed25519\n`)
}

const genrsa: Command = {
  name: 'genrsa',
  options: { out: true, traditional: false, quiet: false },
  run: (call) => {
    const [size = '2048'] = call.words
    if (!/^\d{1,6}$/.test(size)) throw new OpensslError(`genrsa: Can't parse "${size}" as a number\n`)
    const key = newKey(`rsa:${size}`, call.ctx)
    const own = call.has('traditional')
    call.write(own ? pemText('RSA PRIVATE KEY', key.export({ format: 'der', type: 'pkcs1' })) : keyText(key), call.value('out'), 0o600)
    return 0
  },
}

const genpkey: Command = {
  name: 'genpkey',
  options: { out: true, algorithm: true, pkeyopt: true, quiet: false },
  run: (call) => {
    const algorithm = call.value('algorithm')
    if (algorithm === undefined) throw new OpensslError('genpkey: Use -algorithm to say what key is to be made\n')
    const size = call.all('pkeyopt').find((o) => o.startsWith('rsa_keygen_bits:'))
    call.write(keyText(newKey(size === undefined ? algorithm : `${algorithm}:${size.split(':')[1]}`, call.ctx)), call.value('out'), 0o600)
    return 0
  },
}

/** `rsa` and `pkey`: looks at a key, or writes its public half. */
const inspect = (name: string): Command => ({
  name,
  options: { in: true, out: true, check: false, noout: false, pubout: false, traditional: false },
  run: (call) => {
    const key = readKey(call, call.value('in'))
    if (name === 'rsa' && key.asymmetricKeyType !== 'rsa') throw new OpensslError('Not an RSA key\n')
    if (call.has('check')) call.stdout += name === 'rsa' ? 'RSA key ok\n' : 'Key is valid\n'
    if (call.has('noout')) return 0
    if (name === 'rsa') call.stderr += 'writing RSA key\n'
    if (call.has('pubout')) call.write(pemText('PUBLIC KEY', publicDer(key)))
    else if (call.has('traditional')) call.write(pemText('RSA PRIVATE KEY', key.export({ format: 'der', type: 'pkcs1' })))
    else call.write(keyText(key))
    return 0
  },
})

const rand: Command = {
  name: 'rand',
  options: { hex: false, base64: false, out: true },
  run: (call) => {
    const count = Number(call.words[0])
    if (!(count > 0 && count <= 65_536)) throw new OpensslError(`rand: Use -help for summary.\n`)
    if (!call.has('hex') && !call.has('base64'))
      throw new OpensslError('rand: raw bytes are not simulated by clusterlab; use -hex or -base64\n')
    const text = Buffer.from(chance(call.ctx)(count)).toString(call.has('hex') ? 'hex' : 'base64')
    call.write(`${call.has('hex') ? text : (text.match(/.{1,64}/g) ?? []).join('\n')}\n`)
    return 0
  },
}

export const keyCommands: readonly Command[] = [genrsa, genpkey, inspect('rsa'), inspect('pkey'), rand]
