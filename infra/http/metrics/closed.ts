import { Counter, type CounterConfiguration, Gauge, type GaugeConfiguration, Histogram, type HistogramConfiguration } from 'prom-client';
import type { Told } from '../../log.ts';

/**
 * prom-client takes any text as the value of a label. Here a label is what may be told in a log line too: a number, a code of a closed list, or
 * a text held against its form; what somebody wrote does not compile. No other file makes a metric: a test holds them to it.
 */
export type Labels<N extends string> = Readonly<Record<N, string | number>>;

export type ClosedCounter<N extends string> = {
  readonly inc: <const L extends Labels<N>>(labels: L & Told<L>, by?: number) => void;
  readonly reset: () => void;
};
export type ClosedGauge<N extends string> = {
  readonly set: <const L extends Labels<N>>(labels: L & Told<L>, value: number) => void;
  readonly reset: () => void;
};
export type ClosedHistogram<N extends string> = {
  readonly observe: <const L extends Labels<N>>(labels: L & Told<L>, value: number) => void;
};

export const counter = <N extends string = never>(configuration: CounterConfiguration<N>): ClosedCounter<N> => {
  const metric = new Counter(configuration);
  return { inc: (labels, by = 1) => metric.inc(labels, by), reset: () => metric.reset() };
};

export const gauge = <N extends string = never>(configuration: GaugeConfiguration<N>): ClosedGauge<N> => {
  const metric = new Gauge(configuration);
  return { set: (labels, value) => metric.set(labels, value), reset: () => metric.reset() };
};

export const histogram = <N extends string = never>(configuration: HistogramConfiguration<N>): ClosedHistogram<N> => {
  const metric = new Histogram(configuration);
  return { observe: (labels, value) => metric.observe(labels, value) };
};
