/** The programs and images of the cluster's own add-ons, for the registries. */

import { calicoNode, calicoNodeImage } from '../calico/index.ts'
import type { Program } from '../contract.ts'
import { controlPlaneImages, controlPlanePrograms } from '../control-plane/index.ts'
import { coredns, corednsImage } from '../coredns/index.ts'
import { csiDisk, csiDiskImage } from '../csi-disk/index.ts'
import { flannel, flannelImage } from '../flannel/index.ts'
import type { ImageRecord } from '../images/define.ts'
import { ingressNginx, ingressNginxImage } from '../ingress-nginx/index.ts'
import { kubeProxy, kubeProxyImage } from '../kube-proxy/index.ts'
import { localPathProvisioner, localPathProvisionerImage } from '../local-path-provisioner/index.ts'
import { metallbController, metallbImages, metallbSpeaker } from '../metallb/index.ts'
import { metricsServer, metricsServerImage } from '../metrics-server/index.ts'
import { nfsProvisioner, nfsProvisionerImage } from '../nfs-provisioner/index.ts'
import { gatewayControl, gatewayImages, gatewayNginx } from '../nginx-gateway/index.ts'

export const addOnPrograms: readonly Program[] = [
  calicoNode,
  coredns,
  csiDisk,
  flannel,
  ingressNginx,
  kubeProxy,
  localPathProvisioner,
  metallbController,
  metallbSpeaker,
  metricsServer,
  nfsProvisioner,
  gatewayControl,
  gatewayNginx,
  ...controlPlanePrograms,
] as readonly Program[]
export const addOnImages: readonly ImageRecord[] = [
  calicoNodeImage,
  corednsImage,
  csiDiskImage,
  flannelImage,
  ingressNginxImage,
  kubeProxyImage,
  localPathProvisionerImage,
  ...metallbImages,
  metricsServerImage,
  nfsProvisionerImage,
  ...gatewayImages,
  ...controlPlaneImages,
]
