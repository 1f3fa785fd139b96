"""A stand-in Jaeger for laptops and fast tests: both query APIs over an in-memory store fed by OTLP/HTTP.

`demo.jaeger.server.StandInJaeger` runs it in a thread, `python -m demo.jaeger` as a program.
"""
