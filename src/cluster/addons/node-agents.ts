/** What runs on every node: kube-proxy and the CNI plug-in's agent. */
import type { ApiObject } from '../../api/meta.ts'
import { clusterRole, daemonSet, namespace, reading, serviceAccount, tolerateAll } from './parts.ts'

export const kubeProxyManifests: readonly ApiObject[] = [
  serviceAccount('kube-proxy', 'kube-system'),
  ...clusterRole('kubeadm:node-proxier', 'kube-proxy', 'kube-system', [
    reading('', 'nodes', 'services'),
    reading('discovery.k8s.io', 'endpointslices'),
  ]),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-proxy', namespace: 'kube-system', labels: { app: 'kube-proxy' } },
    data: {
      'config.conf':
        'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\nmode: iptables\n',
    },
  },
  daemonSet({
    name: 'kube-proxy',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-proxy' },
    spec: {
      priorityClassName: 'system-node-critical',
      serviceAccountName: 'kube-proxy',
      hostNetwork: true,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: tolerateAll,
      containers: [
        {
          name: 'kube-proxy',
          image: 'registry.k8s.io/kube-proxy:v1.36.2',
          command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf', '--hostname-override=$(NODE_NAME)'],
          env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
          securityContext: { privileged: true },
          volumeMounts: [{ name: 'kube-proxy', mountPath: '/var/lib/kube-proxy' }],
        },
      ],
      volumes: [{ name: 'kube-proxy', configMap: { name: 'kube-proxy' } }],
    },
  }),
]

export const flannelManifests: readonly ApiObject[] = [
  namespace('kube-flannel', { 'pod-security.kubernetes.io/enforce': 'privileged' }),
  serviceAccount('flannel', 'kube-flannel'),
  ...clusterRole('flannel', 'flannel', 'kube-flannel', [reading('', 'pods', 'nodes')]),
  daemonSet({
    name: 'kube-flannel-ds',
    namespace: 'kube-flannel',
    labels: { app: 'flannel' },
    spec: {
      priorityClassName: 'system-node-critical',
      serviceAccountName: 'flannel',
      hostNetwork: true,
      tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
      containers: [
        {
          name: 'kube-flannel',
          image: 'ghcr.io/flannel-io/flannel:v0.27.4',
          command: ['/opt/bin/flanneld'],
          args: ['--ip-masq', '--kube-subnet-mgr'],
          resources: { requests: { cpu: '100m', memory: '50Mi' } },
          securityContext: { privileged: false, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
        },
      ],
    },
  }),
]
