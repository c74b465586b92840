/** What runs on every node: kube-proxy and the CNI plug-in's agent. */
import type { ApiObject } from '../../api/meta.ts'
import { clusterRole, daemonSet, reading, serviceAccount, tolerateAll } from './parts.ts'

export const kubeProxyManifests = (clusterCidr: string): readonly ApiObject[] => [
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
      'config.conf': `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: ${clusterCidr}\nmode: iptables\n`,
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

/** Canal: flannel carries the packets, Calico's agent enforces NetworkPolicies (flannel alone would ignore them). */
export const canalManifests: readonly ApiObject[] = [
  serviceAccount('canal', 'kube-system'),
  ...clusterRole('calico-node', 'canal', 'kube-system', [
    reading('', 'pods', 'nodes', 'namespaces', 'serviceaccounts'),
    reading('networking.k8s.io', 'networkpolicies'),
  ]),
  daemonSet({
    name: 'canal',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'canal' },
    spec: {
      priorityClassName: 'system-node-critical',
      serviceAccountName: 'canal',
      hostNetwork: true,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: tolerateAll,
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'calico-node',
          image: 'quay.io/calico/node:v3.31.0',
          env: [{ name: 'NODENAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
          resources: { requests: { cpu: '250m' } },
          securityContext: { privileged: true },
          livenessProbe: {
            httpGet: { path: '/liveness', port: 9099, host: '127.0.0.1' },
            periodSeconds: 10,
            initialDelaySeconds: 10,
            failureThreshold: 6,
            timeoutSeconds: 10,
          },
          readinessProbe: { httpGet: { path: '/readiness', port: 9099, host: '127.0.0.1' }, periodSeconds: 10 },
        },
        {
          name: 'kube-flannel',
          image: 'ghcr.io/flannel-io/flannel:v0.27.4',
          command: ['/opt/bin/flanneld', '--ip-masq', '--kube-subnet-mgr'],
          securityContext: { privileged: true },
        },
      ],
    },
  }),
]
