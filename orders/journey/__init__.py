"""PURE, standard library only: spans, stages, ids, timeline, source health, causes, verdict."""
