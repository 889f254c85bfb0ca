// What vendor.js exports, for tsc: the packages' own types, from tests/interop/console.

export {
  cloneElement, Component, createContext, createRef, Fragment, h, options, render, toChildArray,
} from "preact";
export type { ComponentChildren, RefObject, VNode } from "preact";
export {
  useCallback, useContext, useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useReducer,
  useRef, useState,
} from "preact/hooks";
export {
  batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect,
} from "@preact/signals";
export type { ReadonlySignal, Signal } from "@preact/signals";
export { html } from "htm/preact";
export { ErrorBoundary, default as lazy } from "preact-iso/lazy";
export { exec, LocationProvider, Route, Router, useLocation, useRoute } from "preact-iso/router";
