// What every JavaScript runtime of today has beyond the language itself, and domain and projections may therefore name. They
// are compiled without the types of Node and of the browser, so that nothing else is in reach.
interface AbortSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}
