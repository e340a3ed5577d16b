// Names of C++17 to C++23 for the demangler tests: every construct that clang 19 and g++ 12 mangle differently.
#include <concepts>
#include <string>
#include <vector>
#include <functional>
#include <compare>
#include <initializer_list>
#define K __attribute__((used,noinline))
namespace { struct Anon {}; K void anonf(Anon) {} namespace inner { K int q(int) { return 1; } } }
enum E { e0, e1 = -5 }; enum class EC : unsigned char { x = 3 };
template<auto V> struct NT {}; template<class T, T... V> struct NTs {};
struct P { int x; float y; char z[4]; int* p; constexpr P(int a=0): x(a), y(1.5f), z{'a','b'}, p(nullptr) {} bool operator==(const P&) const = default; };
union Un { int i; float f; constexpr Un(float g): f(g) {} };
struct NU { Un u; constexpr NU(): u(2.5f) {} };
struct Q { int a, b; };
struct Arr { int a[3]; Q q[2]; };
extern int gi; int gi; int garr[4]; Q gq;
struct B1 { int m; void f(int) const; virtual void vf(); }; struct B2 { int n; virtual void wf(); virtual B2* cov(); }; struct D1 : B1, B2 { void vf() override; void wf() override; D1* cov() override; };
struct V1 : virtual B1, virtual B2 { void vf() override; V1* cov() override; };
void B1::f(int) const {} void B1::vf() {} void B2::wf() {} B2* B2::cov() {return 0;} void D1::vf() {} void D1::wf() {} D1* D1::cov() {return 0;} void V1::vf() {} V1* V1::cov() { return 0; }
K void n1(NT<1>, NT<-1>, NT<1u>, NT<1l>, NT<1ull>, NT<'c'>, NT<true>, NT<(short)-3>, NT<e1>, NT<EC::x>, NT<nullptr>, NT<&gi>, NT<&B1::m>, NT<&B1::f>, NT<&D1::wf>) {}
K void n2(NTs<int,1,2,3>, NTs<char,'a'>, NTs<E,e0,e1>, NTs<bool>) {}
#if __cplusplus >= 202002L
K void n3(NT<P{3}>, NT<Q{1,2}>, NT<Q{}>, NT<Arr{{1,2},{{1,2}}}>, NT<1.5>, NT<2.5f>, NT<NU{}>, NT<-0.0>, NT<1e300>, NT<1e-320>) {}
K void n4(NT<&gq.b>, NT<&garr[2]>) {}
template<P p> K const P* tpo() { return &p; }
const P* ttt = tpo<P{7}>();
template<class T> concept C1 = sizeof(T) > 1; template<class T, class U> concept C2 = std::same_as<T,U>;
template<C1 T> K void c1(T) {}
template<class T> requires C1<T> K void c2(T) {}
template<class T> K void c3(T) requires C2<T,int> && (sizeof(T) > 2) {}
K void c4(C1 auto x) {} 
template<class T> K void c5(T t) requires requires (T a, int b) { a + b; { a - b } -> std::convertible_to<int>; { a * b } noexcept; typename std::vector<T>::value_type; requires C1<T>; } {}
template<class T> struct CS { K void m() requires C1<T> {} template<class U> K void n(U) requires C2<T,U> {} friend K void fr(CS) requires C1<T> {} };
template<C1 auto V> K void c6() {}
template<template<class> class TT> K void c7() {}
template<template<class, class...> class TT> K void c8() {}
template<template<C1> class TT> K void c9() {}
template<template<auto> class TT> K void c10() {}
template<class T> struct tt1 {}; template<class T, class... U> struct tt2 {}; template<C1 T> struct tt3 {};
K auto c11(auto a, auto... b) { return a; }
K C1 auto c12(int x) { return x; }
template<class T> K void c13(T) requires (!C1<T> || true) {}
struct Conv { template<class T> operator T() const; template<class T> operator T*(); operator int() { return 1; } template<class T> operator std::vector<T>&(); operator bool() const; template<C1 T> explicit operator T&&(); };
template<class T> K Conv::operator T() const { return T(); } template<class T> K Conv::operator T*() { return 0; } template<class T> Conv::operator std::vector<T>&() { static std::vector<T> v; return v; }
void useConv() { Conv c; (void)(double)c; float* f = c; std::vector<int>& v = c; (void)f; (void)v; (void)(int)c; }
auto gl1 = []<class T>(T t) { static T s; return s; }; auto gl2 = [](auto a, auto... b) { return a; };
auto gl3 = []<class T, int N, template<class> class TT, class... Ts>(T, TT<T>, Ts...) -> int requires C1<T> { return N; };
auto gl4 = []<C1 T>(T t) requires C2<T,int> { return t; };
auto gl5 = []<auto V>(NT<V>) { return 1; };
auto gl6 = []<class... Ts>(std::vector<Ts>...) { return 1; };
auto gl7 = [](auto&& x, auto*... y) mutable { return [&x](auto z) { return z; }; };
void useL() { gl1(1); gl2(1,2,3); gl4(3); gl5(NT<3>{}); gl6(std::vector<int>{}, std::vector<char>{}); gl7(1)(2); gl3.operator()<int, 3, tt1>(3, tt1<int>{}, 'c'); useConv();
 c1(1); c2(1); c3(1); c4(1); c5(1); c6<3>(); c7<tt1>(); c8<tt2>(); c9<tt3>(); c10<NT>(); c11(1,2,'c'); c12(1); c13(1); CS<int> cs; cs.m(); cs.n(1); fr(cs); }
template<class T> struct Dep { template<class U> struct In { template<class V> K void f(U,V) { [](T,U,V) { static int z; (void)z; }(T(),U(),V()); } }; };
template struct Dep<int>::In<char>; 
void useDep() { Dep<int>::In<char> d; d.f('c',1.0); }
#ifdef WITHOUT_EXPLICIT_OBJECTS
struct Spc { auto operator<=>(const Spc&) const = default; void ex() {} };
#else
struct Spc { auto operator<=>(const Spc&) const = default; K int operator()(this Spc self, int x) { return x; } template<class Self> K void ex(this Self&& s) {} };
#endif
void useSpc() { Spc s; s.ex();  (void)(s < s); }
#endif
K void fp(void (*)(int), int (&)[3], int (*)[3][4], void (B1::*)(int) const, int B1::*, void (*(*)(int))(char), int (*(&)(void))[2], void (&&)(), int (B1::*)() &&, void (*)() noexcept, const volatile int* __restrict, B1* const, int (*const)(int)) {}
template<class T> K void ftt(T, T*, T&, T&&, T[3], T(*)(T), const T) {}
template<class... T> K void fpk(T*..., T(*...f)(T), std::function<void(T)>...) {}
template<class... T> struct Tup {}; template<class... T> K void fpk2(Tup<T...>, Tup<T*...>, Tup<Tup<T, int>...>, Tup<T(*)(T)...>) {}
template<class A, class... T> K void fpk3(Tup<Tup<A, T...>, T...>) {}
template<class T> K void ref(T&& t) {}
template<int... I> K void ints() {} template<template<class...> class... TT> K void ttp() {}
void use2() { int a[3]={}; ftt<int>(1, a, *a, 3, a, 0, 1); fpk<int,char>(0,0,0,0,{}, {}); fpk2(Tup<int,char>{}, Tup<int*,char*>{}, Tup<Tup<int,int>,Tup<char,int>>{}, {}); fpk3(Tup<Tup<int,char,long>,char,long>{}); fpk3(Tup<Tup<int>>{}); ref(a); ref(use2); ref(3); ints<1,2,-3>(); ints<>(); ttp<Tup>(); ttp<Tup, std::vector>(); fpk<>(); ref(&B1::f); ref("abc"); }
inline namespace v1 { struct [[gnu::abi_tag("tagA","tagB")]] Tagged { Tagged(); ~Tagged(); int m(); }; Tagged::Tagged() {} Tagged::~Tagged() {} int Tagged::m() { return 1;} [[gnu::abi_tag("ft")]] Tagged tf() { return {}; } }
struct Ops { void* operator new(size_t); void operator delete(void*); void* operator new[](size_t); void operator delete[](void*); int operator[](int); int operator()(int); Ops* operator->(); int operator,(int); Ops& operator=(int); Ops& operator+=(int); bool operator!(); int operator~(); int operator&(); int operator*(); Ops operator++(int); Ops& operator++(); int operator<<(int); int operator>>=(int); bool operator&&(int); int operator->*(int); };
void* Ops::operator new(size_t) {return 0;} void Ops::operator delete(void*) {} void* Ops::operator new[](size_t) {return 0;} void Ops::operator delete[](void*) {} int Ops::operator[](int){return 0;} int Ops::operator()(int){return 0;} Ops* Ops::operator->(){return 0;} int Ops::operator,(int){return 0;} Ops& Ops::operator=(int){return *this;} Ops& Ops::operator+=(int){return *this;} bool Ops::operator!(){return 0;} int Ops::operator~(){return 0;} int Ops::operator&(){return 0;} int Ops::operator*(){return 0;} Ops Ops::operator++(int){return *this;} Ops& Ops::operator++(){return *this;} int Ops::operator<<(int){return 0;} int Ops::operator>>=(int){return 0;} bool Ops::operator&&(int){return 0;} int Ops::operator->*(int){return 0;}
unsigned long long operator""_km(long double) { return 1; } template<char... c> K int operator""_tpl() { return 1; } int uu = 123_tpl;
thread_local std::string tls = "x"; std::string& gettls() { return tls; }
K int locals(int n) { struct L { int f() { static int s = n0(); return s; } static int n0(); enum { A } en; struct { int q; int m() { static int w = n0(); return w; } } un; }; static int v = gi; { static int v = gi + 1; (void)v; } auto l = [n](int a) { static int k = gi; return [=] { static int kk = gi; return n + a + k + kk; }(); }; L x; return x.f() + v + l(1) + x.un.m(); } 
K void dflt(int a = []{ static int q = gi; return q; }(), int b = []{ return 2; }()) { (void)a; } void usedflt() { dflt(); }
struct Mem { int x = []{ static int q = gi; return q; }(); static inline int si = []{ return gi; }(); std::function<int()> f = []{ return 3; }; }; Mem mm;
struct Inh : std::string { using std::string::string; }; Inh inh("abc"); struct VI : virtual B1 { VI(int); }; VI::VI(int) {} struct VI2 : VI { using VI::VI; }; VI2 vi2(3);
typedef float v4 __attribute__((vector_size(16))); K void vec(v4, v4*) {} K void i128(__int128, unsigned __int128, __float128, decltype(nullptr),  char16_t, char32_t, wchar_t, _Complex float, _Complex double) {}
static const std::string& lifetime = std::string("x"); const std::string& lt2 = std::string("y"); const B1& lt3 = D1(); 
const auto [sb1, sb2] = Q{1,2}; const int* useSb = &sb1; auto&& [sb3, sb4] = gq; 
typedef struct { int f() { return 1; } } TD; int td = TD().f(); 
template<class T> struct Outer { template<class U> Outer(U) {} template<class U> operator U() { return U(); } ~Outer() {} struct Inner { Inner() {} }; static T sm; }; template<class T> T Outer<T>::sm = T(); Outer<int> oo(1); int oi = oo; Outer<int>::Inner oin; int* smp = &Outer<int>::sm;
template<class T> inline T vt = T(3); int* vtp = &vt<int>; template<> inline char vt<char> = 'x'; char* vtc = &vt<char>;
extern "C" { K void cfun(void (*)(int)) {} } K void takesC(decltype(&cfun)) {}
[[noreturn]] K void thr() { throw D1(); }
template<class T, class = std::enable_if_t<(sizeof(T) > 1)>> K void sf(T) {} template<class T> K std::enable_if_t<(sizeof(T) < 100), T> sf2(T t) { return t; } void usesf() { sf(1); sf2(1); }
