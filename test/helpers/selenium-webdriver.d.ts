/** The package has no types; these are the parts that the tests use. */
declare module 'selenium-webdriver' {
  export interface WebDriver {
    get(url: string): Promise<void>
    /** Body of a function. */
    executeScript<Result>(body: string): Promise<Result>
    getWindowHandle(): Promise<string>
    switchTo(): { window(handle: string): Promise<void>; newWindow(kind: 'tab'): Promise<void> }
    /** Of the window that is switched to. */
    close(): Promise<void>
    quit(): Promise<void>
  }
  export type Capabilities = object
  export const Capabilities: new (capabilities: Record<string, unknown>) => Capabilities
  export class Builder {
    usingServer(url: string): this
    withCapabilities(capabilities: Capabilities): this
    build(): Promise<WebDriver>
  }
}
