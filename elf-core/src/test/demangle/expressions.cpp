// Expressions in signatures, for the demangler tests.
#include <type_traits>
#include <utility>
#include <compare>
#include <concepts>
#include <cstddef>
#include <new>
#include <tuple>
#include <functional>
#include <string>
#include <vector>
#include <typeinfo>
#include <memory>
#include <initializer_list>
#define K __attribute__((used,noinline))
template<class T> struct id { using type=T; };
namespace ex {
struct S { int a; int b[3]; float f; int g() const &; int h() &&; void v() volatile; static int st; int operator->*(int); };
template<class T, class U> K auto add(T t, U u) -> decltype(t+u) { return t+u; }
template<class T> K auto shr(T t) -> id<int[(sizeof(T) > 2) ? 1 : 2]>* { return 0; }
template<class T> K auto shr2(T t) -> id<std::integral_constant<bool,(sizeof(T) >> 2 > 1)>>* { return 0; }
template<class T> K auto call(T t) -> decltype(t(1,2)) { return t(1,2);}
template<class T> K auto mem(T t) -> decltype(t.a) { return t.a; }
template<class T> K auto memp(T* t) -> decltype(t->a) { return t->a; }
template<class T> K auto idx(T t) -> decltype(t[1]) { return t[1]; }
template<class T> K auto cond(T t) -> decltype(t ? 1 : 2.0) { return 1; }
template<class T> K auto neg(T t) -> decltype(-t, !t, ~t, +t) { return t; }
template<class T> K auto inc(T t) -> decltype(++t, t++, --t, t--) { return t; }
template<class T> K auto asg(T t) -> decltype(t = t, t += 1, t <<= 1, t) { return t; }
template<class T> K auto cst(T t) -> decltype(static_cast<long>(t), reinterpret_cast<char&>(t), const_cast<T&>(t), (int)t, t) { return t; }
template<class T> K auto dyn(T* t) -> decltype(dynamic_cast<const T*>(t)) { return t; }
template<class T> K auto nw(T t) -> decltype(new T(1), new T[3], ::new T, new (std::nothrow) T{}) { return 0; }
template<class T> K auto dl(T* t) -> decltype(delete t, delete[] t, ::delete t) { }
template<class T> K auto sz(T t) -> id<int[sizeof(t)+alignof(T)+sizeof(T)]>* { return 0; }
#ifdef __clang__ // g++ 12: "sorry, unimplemented: mangling noexcept_expr"
template<class T> K auto ne(T t) -> std::enable_if_t<noexcept(t+t), int> { return 0; }
template<class T> K auto ti(T t) -> decltype(typeid(t), typeid(T), 1) { return 0; }
#endif
template<class... T> K auto pk(T... t) -> id<int[sizeof...(T)+sizeof...(t)]>* { return 0; }
template<class... T> K auto fold1(T... t) -> decltype((t + ...)) { return (t+...); }
template<class... T> K auto fold2(T... t) -> decltype((... + t)) { return (...+t); }
template<class... T> K auto fold3(T... t) -> decltype((1 + ... + t)) { return (1+...+t); }
template<class... T> K auto fold4(T... t) -> decltype((t * ... * 2)) { return (t*...*2); }
template<class... T> K auto fold5(T... t) -> decltype(((t && t) && ...)) { return true; }
template<class T> K auto il(T t) -> decltype(T{1,2}) { return t; }
template<class T> K auto il2(T t) -> decltype(std::initializer_list<T>{t}) { return {}; }
template<class T> K auto conv(T t) -> decltype(int(t), T(t), T(), 1) { return 1; }
template<class T> K auto thr(T t) -> decltype(true ? throw 1 : t) { return t; }
template<class T> K auto cmp(T t) -> decltype(t <=> t, t < t, t > t, t == t, t>=t) { return true; }
template<class T> K auto gl(T t) -> decltype(::ex::add(t, 1)) { return t+1; }
template<class T> K auto un(T t) -> decltype(T::st) { return T::st; }
template<class T> K auto un2(T t) -> decltype(t.~T()) { }
template<class T> K auto un3(T t) -> decltype(t.T::~T()) { }
template<class T> K auto un4(T t) -> decltype(t.template foo<int>()) { }
template<class T> K auto un5(T t) -> decltype(t.operator+(1)) { return 0; }
template<class T> K auto un6(T t) -> decltype(t + operator+(t,t)) { return 0; }
template<class T> K auto un7(T t) -> typename T::type::template X<T>::Y { return {}; }
template<class T> K auto un8(T t) -> decltype(&T::g) { return 0; }
template<class T> K auto pmf(T t, int T::*p) -> decltype(t.*p, (&t)->*p) { return t.*p; }
template<class T> K auto lit(T t) -> decltype(t + 1u + 2l + 3ul + 4ll + 5ull + 'c' + 1.5 + 2.5f + 3.5l + true + L'x' + u8'x' + u'x') { return 1; }
template<class T> K auto str(T t) -> decltype(t + sizeof("abc")) { return 1; }
template<class T> K auto nul(T t) -> decltype(t == nullptr) { return true; }
template<class T> K auto par(T t) -> decltype((t, 1)) { static int x; return x; }
}
struct Pair { int a,b; };
int gi0; struct HasFoo { template<class T> void foo(); int operator+(int); };
struct HasY { struct type { template<class T> struct X { struct Y {}; }; }; };
void ops() { using namespace ex; S s{};
 add(1,2.0); shr(1); shr2(1); call([](int,int){return 1;}); mem(s); memp(&s); int *p=nullptr; idx(p); cond(1); neg(1); inc<int&>(gi0); asg<int&>(gi0); cst<int&>(gi0); nw(1); dl((int*)0); sz(1);
#ifdef __clang__
 ne(1); ti(1);
#endif
 pk(1,2.0);  fold1(1,2); fold2(1,2.0f); fold3(1); fold4(1,2); fold5(true,false); il2(1); conv(1); cmp(1); gl(1); un(s); un2(s); un4(HasFoo{}); un5(HasFoo{}); un7(HasY{}); un8(s); pmf(s,&S::a); lit(1); str(1); nul((int*)0); par(1); il(Pair{1,2}); }
