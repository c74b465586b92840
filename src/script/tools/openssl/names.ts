/** Names and extensions as openssl's options write them: `-subj /CN=dev/O=team`, `-addext subjectAltName=DNS:a.b`. */
import { bits, boolean, hexOf, integer, octets, oid, sequence, tlv } from '../../../lib/der.ts'
import { EXTENSION_OIDS, extension, NAME_OIDS, type NameAttribute, nameAttribute, PURPOSE_OIDS } from '../../../lib/x509.ts'
import { OpensslError } from './call.ts'

/** Throws OpensslError for a name that is not in the form. */
export function subjectOf(text: string, command: string): Uint8Array {
  if (!text.startsWith('/'))
    throw new OpensslError(
      `${command}: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${text.replace(/^\//, '')}'\n`,
    )
  const parts = text.slice(1).match(/(?:\\.|[^/\\])+/g) ?? []
  return sequence(
    ...parts.flatMap((part) => {
      const plain = part.replace(/\\(.)/g, '$1')
      const equals = plain.indexOf('=')
      const type = Object.keys(NAME_OIDS).find((name) => name === plain.slice(0, Math.max(equals, 0)))
      if (type === undefined)
        throw new OpensslError(
          `${command}: Hit end of string before finding the '=', or the attribute '${plain.slice(0, Math.max(equals, 0))}' is not known\n`,
        )
      return equals + 1 === plain.length ? [] : [nameAttribute(type, plain.slice(equals + 1))]
    }),
  )
}

/** `CN = dev, O = team`. */
export const oneLine = (name: readonly NameAttribute[]): string => name.map(({ type, value }) => `${type} = ${value}`).join(', ')

const unknown = (what: string): OpensslError => new OpensslError(`Error adding extension: ${what} is not simulated by clusterlab\n`)

function alternative(text: string): Uint8Array {
  const colon = text.indexOf(':')
  const [kind, value] = [text.slice(0, colon), text.slice(colon + 1)]
  if (kind === 'DNS') return tlv(0x82, Buffer.from(value, 'latin1'))
  if (kind === 'email') return tlv(0x81, Buffer.from(value, 'latin1'))
  if (kind === 'URI') return tlv(0x86, Buffer.from(value, 'latin1'))
  if (kind === 'IP' && /^\d+(\.\d+){3}$/.test(value)) return tlv(0x87, Uint8Array.from(value.split('.').map(Number)))
  throw unknown(text)
}

const USAGES = ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement', 'keyCertSign', 'cRLSign']

/** `name=[critical,]value,value`. Throws OpensslError. */
export function extensionOf(text: string): Uint8Array {
  const equals = text.indexOf('=')
  const name = text.slice(0, Math.max(equals, 0)).trim()
  const words = text
    .slice(equals + 1)
    .split(',')
    .map((word) => word.trim())
  const critical = words[0] === 'critical'
  const values = critical ? words.slice(1) : words
  if (name === 'subjectAltName') return extension(EXTENSION_OIDS.subjectAltName, critical, sequence(...values.map(alternative)))
  if (name === 'basicConstraints') {
    const length = values.find((v) => v.startsWith('pathlen:'))
    const authority = values.some((v) => v.toUpperCase() === 'CA:TRUE')
    const parts = [...(authority ? [boolean(true)] : []), ...(length ? [integer(Number(length.slice(8)))] : [])]
    return extension(EXTENSION_OIDS.basicConstraints, critical, sequence(...parts))
  }
  if (name === 'extendedKeyUsage') {
    const ids = values.map((v) => PURPOSE_OIDS[v as keyof typeof PURPOSE_OIDS])
    if (ids.some((id) => id === undefined)) throw unknown(text)
    return extension(EXTENSION_OIDS.extendedKeyUsage, critical, sequence(...ids.map((id) => oid(id!))))
  }
  if (name === 'keyUsage') {
    const places = values.map((v) => USAGES.indexOf(v))
    if (places.some((p) => p < 0)) throw unknown(text)
    const last = Math.max(...places)
    return extension(EXTENSION_OIDS.keyUsage, critical, bits(Uint8Array.of(places.reduce((sum, p) => sum | (0x80 >> p), 0)), 7 - last))
  }
  throw unknown(name || text)
}

export const USAGE_NAMES = [
  'Digital Signature',
  'Non Repudiation',
  'Key Encipherment',
  'Data Encipherment',
  'Key Agreement',
  'Certificate Sign',
  'CRL Sign',
]

/** Extensions that `req -x509` adds by itself: whose key it is, and that it is an authority. */
export const selfSignedExtensions = (keyId: Uint8Array): Uint8Array[] => [
  extension(EXTENSION_OIDS.subjectKeyId, false, octets(keyId)),
  extension(EXTENSION_OIDS.authorityKeyId, false, sequence(tlv(0x80, keyId))),
  extension(EXTENSION_OIDS.basicConstraints, true, sequence(boolean(true))),
]

/** The identifier of an extension that was encoded. */
export const idOf = (encoded: Uint8Array): string => {
  const length = encoded[1]! < 0x80 ? 2 : 2 + (encoded[1]! & 0x7f)
  return hexOf(encoded.subarray(length + 2, length + 2 + encoded[length + 1]!))
}
