/**
 * What a kubelet takes from /var/lib/kubelet/config.yaml when it starts: thresholds of eviction, how many processes a pod may have, how large
 * logs grow, how long a shutdown is held up. https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
import { parse } from 'yaml'
import { parseDuration } from '../api/durations.ts'
import { quantityValue } from '../api/quantity.ts'
import { FileError, type FileView } from '../script/files.ts'

export const KUBELET_CONFIG_FILE = '/var/lib/kubelet/config.yaml'
const MI = 1024 * 1024

/** How much must be left: a number of bytes or processes, or a share of what there is. */
export type Threshold = { readonly amount: number } | { readonly share: number }

export const EVICTION_SIGNALS = ['memory.available', 'nodefs.available', 'pid.available'] as const
export type EvictionSignal = (typeof EVICTION_SIGNALS)[number]

export interface ShutdownGrace {
  /** For everything, milliseconds. */
  readonly wholeMs: number
  /** The last part of it, for critical pods. */
  readonly criticalMs: number
}

export interface KubeletConfiguration {
  /** Signals without a threshold are not looked at. */
  readonly evictionHard: Readonly<Partial<Record<EvictionSignal, Threshold>>>
  /** Absent: as many as the machine takes. */
  readonly podPidsLimit?: number
  readonly containerLogMaxBytes: number
  readonly containerLogMaxFiles: number
  /** Absent where the machine is not waited for, as kubeadm leaves it. */
  readonly grace?: ShutdownGrace
}

/** The kubelet's own defaults (pkg/kubelet/apis/config/v1beta1/defaults.go); there is none for processes. */
export const DEFAULT_CONFIGURATION: KubeletConfiguration = {
  evictionHard: { 'memory.available': { amount: 100 * MI }, 'nodefs.available': { share: 0.1 } },
  containerLogMaxBytes: 10 * MI,
  containerLogMaxFiles: 5,
}

type Fields = Readonly<Record<string, unknown>>

function amountOf(value: unknown): number | undefined {
  try {
    return quantityValue(String(value))
  } catch {
    return undefined
  }
}

function thresholdOf(value: unknown): Threshold | undefined {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(String(value))
  if (share !== null) return Number(share[1]) > 0 ? { share: Number(share[1]) / 100 } : undefined
  const amount = amountOf(value)
  return amount !== undefined && amount > 0 ? { amount } : undefined
}

/** Who sets one threshold sets the others to nothing, unless the defaults are to be merged in. */
function evictionOf(fields: Fields): KubeletConfiguration['evictionHard'] {
  const given = fields['evictionHard']
  if (given === null || typeof given !== 'object') return DEFAULT_CONFIGURATION.evictionHard
  const all: Partial<Record<EvictionSignal, Threshold>> = {}
  for (const signal of EVICTION_SIGNALS) {
    const value = (given as Fields)[signal]
    const threshold =
      value === undefined && fields['mergeDefaultEvictionSettings'] === true
        ? DEFAULT_CONFIGURATION.evictionHard[signal]
        : thresholdOf(value ?? '0')
    if (threshold !== undefined) all[signal] = threshold
  }
  return all
}

const millis = (value: unknown): number => {
  try {
    return value === undefined ? 0 : parseDuration(String(value))
  } catch {
    return 0
  }
}

function graceOf(fields: Fields): ShutdownGrace | undefined {
  const wholeMs = millis(fields['shutdownGracePeriod'])
  return wholeMs > 0 ? { wholeMs, criticalMs: Math.min(millis(fields['shutdownGracePeriodCriticalPods']), wholeMs) } : undefined
}

function fieldsOf(disk: FileView): Fields {
  try {
    const read: unknown = parse(disk.read(KUBELET_CONFIG_FILE))
    return read !== null && typeof read === 'object' ? (read as Fields) : {}
  } catch (error) {
    if (error instanceof FileError || error instanceof Error) return {}
    throw error
  }
}

/** The configuration on a machine's disk; what is missing or cannot be read is as the kubelet has it by itself. */
export function readConfiguration(disk: FileView): KubeletConfiguration {
  const fields = fieldsOf(disk)
  const limit = Number(fields['podPidsLimit'] ?? -1)
  const files = Number(fields['containerLogMaxFiles'] ?? DEFAULT_CONFIGURATION.containerLogMaxFiles)
  const grace = graceOf(fields)
  return {
    evictionHard: evictionOf(fields),
    ...(Number.isInteger(limit) && limit > 0 && { podPidsLimit: limit }),
    containerLogMaxBytes: amountOf(fields['containerLogMaxSize'] ?? '10Mi') ?? DEFAULT_CONFIGURATION.containerLogMaxBytes,
    containerLogMaxFiles: Number.isInteger(files) && files > 1 ? files : DEFAULT_CONFIGURATION.containerLogMaxFiles,
    ...(grace && { grace }),
  }
}

/** How much must be left of so much. */
export const thresholdValue = (threshold: Threshold, capacity: number): number =>
  'amount' in threshold ? threshold.amount : Math.floor(capacity * threshold.share)
