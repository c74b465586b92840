/** In words for `trace`: why the controller has no rule for a request, and whose certificate it shows. */
import type { Ingress } from '../../api/generated/types/networking-v1.ts'
import type { IndexedReader } from '../../api/reader.ts'
import type { Hop, ServedCertificate } from '../../network/contract.ts'
import { isOurs, type Server } from './config.ts'

/** An Ingress that another controller was to read may be what is missing here. */
export function unknownHost(read: IndexedReader, host: string): string {
  const meant = read.list('ingresses.networking.k8s.io').find((i) => !isOurs(i, read) && i.spec?.rules?.some((r) => r.host === host))
  if (meant === undefined) return 'no Ingress has a rule for this host'
  return `no Ingress of this controller has a rule for this host; ${meant.metadata.namespace}/${meant.metadata.name} has one, but ${notOurs(meant, read)}`
}

function notOurs(ingress: Ingress, read: IndexedReader): string {
  const name = ingress.spec?.ingressClassName
  if (!name) return 'it names no IngressClass'
  return read.get('ingressclasses.networking.k8s.io', undefined, name) === undefined
    ? `its IngressClass ${name} is not there`
    : `its IngressClass ${name} is another controller's`
}

export const unknownPath = (server: Server): string =>
  `the Ingress has no path for this, only ${server.locations.map((l) => l.path).join(', ') || 'the host'}`

export function certificateHop(host: string, secret: string | undefined, there: boolean, certificate: ServedCertificate | undefined): Hop {
  const of =
    secret === undefined
      ? 'no Ingress has a certificate for this host: the controller shows its own'
      : certificate !== undefined
        ? `the certificate is that of the Secret ${secret}`
        : `the Secret ${secret} ${there ? 'holds no certificate that can be read' : 'is not there'}: the controller shows its own certificate`
  return { layer: 'ingress', at: host, detail: `TLS: ${of}`, ok: true }
}
