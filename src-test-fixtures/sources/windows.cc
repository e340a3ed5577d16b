// Names and folders of files as compilers on Windows write them.
#line 1 "C:\\src\\drive.cc"
extern "C" int drive(int x) { return x * 3; }
#line 1 "C:/src/slashes.cc"
extern "C" int slashes(int x) { return x * 5; }
#line 1 "\\\\server\\share\\server.cc"
extern "C" int server(int x) { return x * 7; }
#ifdef ROOT
// llvm-symbolizer joins this with the directory of the unit.
#line 1 "\\src\\root.cc"
extern "C" int root(int x) { return x * 9; }
#endif
#line 1 "below\\relative.cc"
extern "C" int relative(int x) { return x * 11; }
