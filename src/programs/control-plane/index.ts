/** The control plane's four components as kubeadm runs them: while their processes live on the control plane's machine, they act. */
import { daemon, daemonImage } from '../add-ons/daemon.ts'
import type { Program } from '../contract.ts'
import type { ImageRecord } from '../images/define.ts'

const MIB = 1024 * 1024
const SERIES = { prefix: 'v', series: { '1.34': 4, '1.35': 3, '1.36': 2 } }

export const controlPlanePrograms: readonly Program[] = [
  daemon({
    name: 'etcd',
    ports: [2381],
    memoryBytes: 60 * MIB,
    cpuMilli: 21,
    hello: ['{"level":"info","msg":"ready to serve client requests"}'],
  }),
  daemon({ name: 'kube-apiserver', ports: [6443], memoryBytes: 220 * MIB, cpuMilli: 44, hello: ['"Serving securely on [::]:6443"'] }),
  daemon({
    name: 'kube-controller-manager',
    ports: [],
    memoryBytes: 60 * MIB,
    cpuMilli: 14,
    hello: ['"Serving securely on 127.0.0.1:10257"', '"successfully acquired lease" lock="kube-system/kube-controller-manager"'],
  }),
  daemon({
    name: 'kube-scheduler',
    ports: [],
    memoryBytes: 30 * MIB,
    cpuMilli: 3,
    hello: ['"Serving securely on 127.0.0.1:10259"', '"successfully acquired lease" lock="kube-system/kube-scheduler"'],
  }),
] as readonly Program[]

export const controlPlaneImages: readonly ImageRecord[] = [
  {
    ...daemonImage('registry.k8s.io/etcd', 'etcd', { series: {} }, 23),
    version: (tag) => (/^3\.\d+\.\d+-\d+$/.test(tag) ? tag : undefined),
  },
  daemonImage('registry.k8s.io/kube-apiserver', 'kube-apiserver', SERIES, 27),
  daemonImage('registry.k8s.io/kube-controller-manager', 'kube-controller-manager', SERIES, 22),
  daemonImage('registry.k8s.io/kube-scheduler', 'kube-scheduler', SERIES, 17),
]
