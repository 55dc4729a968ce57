// Transcendental functions made of + - * / only, so that native and WebAssembly builds give the same bits.
// The C library's log, exp and pow differ between platforms and must not be used in the core.
#pragma once

namespace shardplan {

// Base-2 logarithm of a finite x > 0; relative error below 1e-15.
double log2(double x);

// 2^x for |x| < 1000; relative error below 1e-15.
double exp2(double x);

inline double log(double x) { return log2(x) * 0.6931471805599453; }
inline double exp(double x) { return exp2(x * 1.4426950408889634); }
inline double pow(double x, double y) { return exp2(y * log2(x)); }

// (x^6 + y^6)^(1/6): the larger of two times of which one hides the other, rounded where they are equal.
// Homogeneous of degree one and at most 12 % above the larger; x, y >= 0.
double smooth_max(double x, double y);

// 1 / (1 + e^-x)
double logistic(double x);

// The middle of the standard normal distribution: P(Z < x).
double normal_cdf(double x);

}  // namespace shardplan
