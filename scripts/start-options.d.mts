/** The options of Node.js with which `npm start` starts the service. */
export const startOptions: readonly string[];
