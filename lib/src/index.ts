export { platformName } from '#platform';
