// Globals that every runtime has and that a plugin may use; anything else does not compile here.

declare function btoa(binary: string): string

declare function setTimeout(callback: () => void, delayMs: number): unknown

interface Console {
  groupCollapsed(...data: unknown[]): void
  groupEnd(): void
  log(...data: unknown[]): void
}
declare const console: Console
