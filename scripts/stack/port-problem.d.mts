export declare const portProblem: (
  port: number,
) => Promise<{ readonly message: string; readonly remedy: string } | undefined>
