// Globals that every runtime has and that a plugin may use; anything else does not compile here.

declare function btoa(binary: string): string
