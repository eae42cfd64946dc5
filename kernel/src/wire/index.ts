export * from './client.js';
export * from './codec.js';
export * from './connection.js';
export * from './messages.js';
