/** Kafka's log lines, and how its errors are called and worded (org.apache.kafka.common.protocol.Errors). */
import type { ProcessContext } from '../contract.ts'
import { dashedTime } from '../text/times.ts'

export type Level = 'INFO' | 'WARN' | 'ERROR' | 'FATAL'

/** `[2026-11-20 11:20:06,123] INFO text (logger)`. */
export const line = (nowMs: number, level: Level, text: string, logger: string): string =>
  `[${dashedTime(nowMs)},${String(Math.floor(nowMs) % 1000).padStart(3, '0')}] ${level} ${text} (${logger})`

export const log = (ctx: ProcessContext, level: Level, text: string, logger: string): void => ctx.log(line(ctx.nowMs, level, text, logger))

/** Error code → exception and its usual text. */
export const errors: Readonly<Record<string, readonly [string, string]>> = {
  NOT_ENOUGH_REPLICAS: ['NotEnoughReplicasException', 'Messages are rejected since there are fewer in-sync replicas than required.'],
  NOT_LEADER_OR_FOLLOWER: [
    'NotLeaderOrFollowerException',
    'For requests intended only for the leader, this error indicates that the broker is not the current leader. For requests intended for any replica, this error indicates that the broker is not a replica of the topic partition.',
  ],
  LEADER_NOT_AVAILABLE: [
    'LeaderNotAvailableException',
    'There is no leader for this topic-partition as we are in the middle of a leadership election.',
  ],
  UNKNOWN_TOPIC_OR_PARTITION: ['UnknownTopicOrPartitionException', 'This server does not host this topic-partition.'],
  TOPIC_ALREADY_EXISTS: ['TopicExistsException', 'Topic with this name already exists.'],
  INVALID_REPLICATION_FACTOR: [
    'InvalidReplicationFactorException',
    'Replication factor is below 1 or larger than the number of available brokers.',
  ],
  INVALID_PARTITIONS: ['InvalidPartitionsException', 'Number of partitions is below 1.'],
  INVALID_TOPIC_EXCEPTION: ['InvalidTopicException', 'The request attempted to perform an operation on an invalid topic.'],
  REQUEST_TIMED_OUT: ['TimeoutException', 'The request timed out.'],
  OFFSET_OUT_OF_RANGE: ['OffsetOutOfRangeException', 'The requested offset is not within the range of offsets maintained by the server.'],
  COORDINATOR_NOT_AVAILABLE: ['CoordinatorNotAvailableException', 'The coordinator is not available.'],
  NOT_COORDINATOR: ['NotCoordinatorException', 'This is not the correct coordinator.'],
  NOT_CONTROLLER: ['NotControllerException', 'This is not the correct controller for this cluster.'],
}

export const exceptionOf = (error: string): string => `org.apache.kafka.common.errors.${errors[error]?.[0] ?? 'UnknownServerException'}`
export const textOf = (error: string): string =>
  errors[error]?.[1] ?? 'The server experienced an unexpected error when processing the request.'
