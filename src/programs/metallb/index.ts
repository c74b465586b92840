/** MetalLB's two parts: the controller gives addresses to Services, a speaker a node announces them; both loops are in the network room. */
import { daemon, daemonImage } from '../add-ons/daemon.ts'

const versions = { prefix: 'v', series: { '0.14': 9, '0.15': 2 } }

export const metallbController = daemon({
  name: 'controller',
  ports: [7472, 9443],
  memoryBytes: 35 * 1024 * 1024,
  hello: ['{"branch":"dev","caller":"main.go:201","level":"info","msg":"MetalLB controller starting version 0.15.2"}'],
})

export const metallbSpeaker = daemon({
  name: 'speaker',
  ports: [7472, 7946],
  memoryBytes: 30 * 1024 * 1024,
  hello: ['{"branch":"dev","caller":"main.go:115","level":"info","msg":"MetalLB speaker starting version 0.15.2"}'],
})

export const metallbImages = [
  daemonImage('quay.io/metallb/controller', 'controller', versions, 29),
  daemonImage('quay.io/metallb/speaker', 'speaker', versions, 54),
]
