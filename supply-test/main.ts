throw new Error("not yet");
export {};
