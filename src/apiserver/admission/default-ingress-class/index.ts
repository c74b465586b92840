/** DefaultIngressClass: an ingress that names no class gets the default one, of several the newest. */
import type { Ingress } from '../../../api/generated/types/networking-v1.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../contract.ts'
import { newestDefault } from '../newest-default.ts'

function mutate(request: AdmissionRequest): void {
  const ingress = request.object as Ingress
  if (ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return
  const classes = request.server.reader.list('ingressclasses.networking.k8s.io')
  const found = newestDefault(classes, 'ingressclass.kubernetes.io/is-default-class')
  if (found !== undefined) ingress.spec = { ...ingress.spec, ingressClassName: found.metadata.name }
}

export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  resources: ['ingresses.networking.k8s.io'],
  operations: ['CREATE'],
  mutate,
}
